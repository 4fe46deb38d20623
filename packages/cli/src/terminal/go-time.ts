/** A moment as Go's `time.Time.String` shows it in the local zone: `2026-11-24 05:26:45 +0000 UTC`. */
export function goTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19).replace("T", " ");
  return `${local} ${sign}${two(hours)}${two(minutes)} ${zoneName(date, offset)}`;
}

/** RFC 3339 in the local zone, as Go's `time.RFC3339` layout: `2026-11-24T05:26:45Z`. */
export function goRfc3339(seconds: number): string {
  const text = goTime(seconds);
  const zone = text.slice(20, 25);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}${zone === "+0000" ? "Z" : `${zone.slice(0, 3)}:${zone.slice(3)}`}`;
}

function zoneName(date: Date, offset: number): string {
  if (offset === 0 && !process.env.TZ) return "UTC";
  return /\(([^)]+)\)/.exec(String(date))?.[1]?.replace(/^Coordinated Universal Time$/, "UTC") ?? "";
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Nanoseconds since 1970 as RFC 3339 in the local zone with nine digits: `2026-11-24T05:26:45.123456789Z`. */
export function rfc3339Nano(nanoseconds: bigint): string {
  const seconds = goRfc3339(Number(nanoseconds / 1_000_000_000n));
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, "0");
  return `${seconds.slice(0, 19)}.${fraction}${seconds.slice(19)}`;
}
