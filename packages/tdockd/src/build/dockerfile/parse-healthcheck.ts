import { parseDuration } from "./duration.ts";
import { readFlags } from "./flag-values.ts";
import type { BodyOf, HealthcheckForm } from "./instruction.ts";
import { argumentError, jsonArguments, needArguments, type Request } from "./request.ts";

const schema = {
  interval: "text",
  timeout: "text",
  "start-period": "text",
  "start-interval": "text",
  retries: "text",
} as const;

const noTimes = { interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 };

/** `HEALTHCHECK NONE` or `HEALTHCHECK [flags] CMD command`. */
export function parseHealthcheck(request: Request): BodyOf<"healthcheck"> {
  needArguments(request);
  const gap = /\s+/.exec(request.rest);
  const type = (gap === null ? request.rest : request.rest.slice(0, gap.index)).toUpperCase();
  const command = gap === null ? "" : request.rest.slice(gap.index + gap[0].length);
  if (type === "NONE") {
    if (command !== "") throw argumentError(request, "HEALTHCHECK NONE takes no arguments");
    readFlags(request.line, request.flags, {});
    return { kind: "healthcheck", healthcheck: { test: ["NONE"], ...noTimes } };
  }
  const times = readTimes(request);
  if (type !== "CMD") throw argumentError(request, `Unknown type "${type}" in HEALTHCHECK (try CMD)`);
  const words = jsonArguments(request, command);
  if (command === "" || words?.length === 0) throw argumentError(request, "Missing command after HEALTHCHECK CMD");
  const test = words === undefined ? ["CMD-SHELL", command] : ["CMD", ...words];
  return { kind: "healthcheck", healthcheck: { test, ...times } };
}

function readTimes(request: Request): Omit<HealthcheckForm, "test"> {
  const flags = readFlags(request.line, request.flags, schema);
  const retries = flags.retries === "" ? 0 : Number(flags.retries);
  if (!/^[+-]?\d*$/.test(flags.retries) || !Number.isSafeInteger(retries)) {
    throw argumentError(request, `--retries is no whole number: ${flags.retries}`);
  }
  if (retries < 0) throw argumentError(request, `--retries cannot be negative (${retries})`);
  return {
    interval: readInterval(request, "interval", flags.interval),
    timeout: readInterval(request, "timeout", flags.timeout),
    startPeriod: readInterval(request, "start-period", flags["start-period"]),
    startInterval: readInterval(request, "start-interval", flags["start-interval"]),
    retries,
  };
}

function readInterval(request: Request, name: string, text: string): number {
  if (text === "") return 0;
  const nanoseconds = parseDuration(text);
  if (nanoseconds === undefined) throw argumentError(request, `--${name} is no duration: ${text}`);
  if (nanoseconds !== 0 && nanoseconds < 1_000_000) {
    throw argumentError(request, `Interval "${name}" cannot be less than 1ms`);
  }
  return nanoseconds;
}
