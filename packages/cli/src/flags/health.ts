import type { HealthConfig } from "@tdock/api/container-config";
import type { ContainerFlags } from "./container-flags.ts";
import { invalid } from "./invalid.ts";

const counted = [
  "health-interval",
  "health-timeout",
  "health-retries",
  "health-start-period",
  "health-start-interval",
] as const;

/** The health check that the flags ask for; undefined leaves the image's. Throws `invalid-argument`. */
export function healthConfigOf(flags: ContainerFlags): HealthConfig | undefined {
  const command = flags["health-cmd"] || undefined;
  const onFailure = flags["health-on-failure"];
  const hasSettings = command !== undefined || onFailure !== undefined || counted.some((name) => Boolean(flags[name]));
  if (flags["no-healthcheck"]) {
    if (hasSettings) throw invalid("--no-healthcheck conflicts with --health-* options");
    return { Test: ["NONE"] };
  }
  if (!hasSettings) return undefined;
  for (const name of counted) if ((flags[name] ?? 0) < 0) throw invalid(`--${name} cannot be negative`);
  return {
    Test: command === undefined ? undefined : ["CMD-SHELL", command],
    Interval: flags["health-interval"],
    Timeout: flags["health-timeout"],
    StartPeriod: flags["health-start-period"],
    StartInterval: flags["health-start-interval"],
    Retries: flags["health-retries"],
    OnFailure: onFailure,
  };
}
