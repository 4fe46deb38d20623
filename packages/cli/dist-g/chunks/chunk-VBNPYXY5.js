import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/terminal/go-time.ts
function goTime(seconds) {
  const date = new Date(seconds * 1e3);
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const local = new Date(date.getTime() + offset * 6e4).toISOString().slice(0, 19).replace("T", " ");
  return `${local} ${sign}${two(hours)}${two(minutes)} ${zoneName(date, offset)}`;
}
function goRfc3339(seconds) {
  const text = goTime(seconds);
  const zone = text.slice(20, 25);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${zone === "+0000" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3)}`}`;
}
function zoneName(date, offset) {
  if (offset === 0 && !process.env.TZ) return "UTC";
  return /\(([^)]+)\)/.exec(String(date))?.[1]?.replace(/^Coordinated Universal Time$/, "UTC") ?? "";
}
function two(value) {
  return String(value).padStart(2, "0");
}
function rfc3339Nano(nanoseconds) {
  const seconds = goRfc3339(Number(nanoseconds / 1000000000n));
  const fraction = String(nanoseconds % 1000000000n).padStart(9, "0");
  return `${seconds.slice(0, 19)}.${fraction}${seconds.slice(19)}`;
}

export {
  goTime,
  goRfc3339,
  rfc3339Nano
};
