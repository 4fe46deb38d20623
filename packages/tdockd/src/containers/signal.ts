import { constants } from "node:os";
import { TdockError } from "@tdock/errors/error";

const realtimeMin = 34;
const realtimeMax = 64;

/**
 * The number of a signal given as a name (with or without `SIG`, any case), as `RTMIN+n`/`RTMAX-n`, or as a number.
 * Throws `invalid-argument`, in Docker's words.
 */
export function parseSignal(signal: string): number {
  if (/^\d{1,3}$/.test(signal)) {
    const number = Number(signal);
    if (number >= 1 && number <= realtimeMax) return number;
    throw invalid(signal);
  }
  const name = signal.toUpperCase().replace(/^SIG/, "");
  const number = Object.hasOwn(constants.signals, `SIG${name}`)
    ? constants.signals[`SIG${name}` as NodeJS.Signals]
    : realtime(name);
  if (number === undefined) throw invalid(signal);
  return number;
}

function realtime(name: string): number | undefined {
  const found = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
  if (found === null) return undefined;
  const [, base, sign, offset = "0"] = found;
  const number = base === "MIN" ? realtimeMin + Number(offset) : realtimeMax - Number(offset);
  const direction = base === "MIN" ? "+" : "-";
  return (sign ?? direction) === direction && number >= realtimeMin && number <= realtimeMax ? number : undefined;
}

function invalid(signal: string): TdockError {
  return new TdockError("invalid-argument", `Invalid signal: ${signal.slice(0, 100)}`);
}
