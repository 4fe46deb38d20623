const decimalUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** `12.3MB`: bytes in powers of 1000 with so many significant digits (go-units `HumanSizeWithPrecision`). */
export function humanSize(sizeBytes: number, digits = 4): string {
  return scale(sizeBytes, { base: 1000, units: decimalUnits, digits });
}

/** `12.3MiB`: bytes in powers of 1024 with four significant digits (go-units `BytesSize`). */
export function binarySize(sizeBytes: number): string {
  return scale(sizeBytes, { base: 1024, units: binaryUnits, digits: 4 });
}

interface Scale {
  readonly base: number;
  readonly units: readonly string[];
  readonly digits: number;
}

function scale(size: number, { base, units, digits }: Scale): string {
  let rest = size;
  let unit = 0;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  return `${significant(rest, digits)}${units[unit]}`;
}

/** Go's `%.*g`: no trailing zeros; an exponent when there are more whole digits than asked for. */
function significant(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  if (text.includes("e")) return text.replace(/e([+-])(\d)$/, "e$10$2").replace(/\.?0+e/, "e");
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** `5 minutes ago`: how long since a moment, in seconds since 1970. */
export function humanAgo(moment: number): string {
  return `${humanDuration(Date.now() - moment * 1000)} ago`;
}

/** `5 minutes`, `About an hour`, `2 weeks` (go-units `HumanDuration`). */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(durationMs / minuteMs);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  return longDuration(durationMs);
}

function longDuration(durationMs: number): string {
  const hours = Math.round(durationMs / hourMs);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(durationMs / hourMs / 24 / 365)} years`;
}
