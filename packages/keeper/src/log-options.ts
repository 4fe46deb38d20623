import { TdockError } from "@tdock/errors/error";
import type { LogDriver } from "./protocol.ts";

/** How much of a log is kept: `maxFiles` files of `maxBytes` each. */
export interface LogLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

const defaultLimits: LogLimits = { maxBytes: 10_000_000, maxFiles: 5 };
const known = new Set([
  ...["max-size", "max-file", "compress", "labels", "labels-regex", "env", "env-regex", "tag"],
  // A container never waits for its log, whatever these say.
  ...["mode", "max-buffer-size"],
]);
const unitBytes: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/**
 * The limits that `--log-opt` asks for; 10 MB x 5 where it does not. `max-size=-1` keeps everything, as in Docker.
 * Throws `invalid-argument` for an unknown option or a value that is no size or count.
 */
export function parseLogOptions(driver: LogDriver, options: Readonly<Record<string, string>>): LogLimits {
  for (const name of Object.keys(options)) {
    if (!known.has(name) || driver === "none") {
      throw new TdockError("invalid-argument", `unknown log opt '${name}' for ${driver} log driver`);
    }
  }
  if (options.compress !== undefined && options.compress !== "false") {
    throw new TdockError("invalid-argument", `log opt 'compress' of ${driver} log driver can only be false`);
  }
  if (options.mode !== undefined && !["blocking", "non-blocking"].includes(options.mode)) {
    throw new TdockError("invalid-argument", `logger: logging mode not supported: ${options.mode}`);
  }
  return {
    maxBytes: options["max-size"] === undefined ? defaultLimits.maxBytes : parseSize(options["max-size"]),
    maxFiles: options["max-file"] === undefined ? defaultLimits.maxFiles : parseCount(options["max-file"]),
  };
}

/** Follows go-units `RAMInBytes`: a number, then k, m, g or t, then an optional `b` or `ib`; units of 1024. */
function parseSize(text: string): number {
  if (text === "-1") return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d+)?) ?([kmgt]?)(?:i?b)?$/i.exec(text);
  const bytes = match === null ? 0 : Math.floor(Number(match[1]) * (unitBytes[(match[2] ?? "").toLowerCase()] ?? 0));
  if (bytes <= 0) throw new TdockError("invalid-argument", `invalid size: '${text}'`);
  return bytes;
}

function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new TdockError("invalid-argument", "max-file cannot be less than 1");
  return count;
}
