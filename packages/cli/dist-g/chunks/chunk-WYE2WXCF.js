import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/terminal/human.ts
var decimalUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
var binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];
function humanSize(sizeBytes, digits = 4) {
  return scale(sizeBytes, { base: 1e3, units: decimalUnits, digits });
}
function binarySize(sizeBytes) {
  return scale(sizeBytes, { base: 1024, units: binaryUnits, digits: 4 });
}
function scale(size, { base, units, digits }) {
  let rest = size;
  let unit = 0;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  return `${significant(rest, digits)}${units[unit]}`;
}
function significant(value, digits) {
  const text = value.toPrecision(digits);
  if (text.includes("e")) return text.replace(/e([+-])(\d)$/, "e$10$2").replace(/\.?0+e/, "e");
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
var minuteMs = 6e4;
var hourMs = 60 * minuteMs;
function humanDuration(durationMs) {
  const seconds = Math.trunc(durationMs / 1e3);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(durationMs / minuteMs);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  return longDuration(durationMs);
}
function longDuration(durationMs) {
  const hours = Math.round(durationMs / hourMs);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(durationMs / hourMs / 24 / 365)} years`;
}

export {
  humanSize,
  binarySize,
  humanDuration
};
