import type { ContainerConfig, HealthConfig } from "@tdock/api/container-config";
import { TdockError } from "@tdock/errors/error";

const second = 1000;
const nsPerMs = 1e6;

/** A health check with every default filled in; times in milliseconds. */
export interface HealthCheck {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
  readonly retries: number;
  readonly onFailure: "none" | "kill" | "restart" | "stop";
}

/** The check of a configuration; undefined when there is none or it is switched off. Throws `invalid-argument`. */
export function healthCheckOf(config: ContainerConfig): HealthCheck | undefined {
  const health = config.Healthcheck;
  const command = commandOf(health, config.Shell ?? ["/bin/sh", "-c"]);
  if ((health?.Retries ?? 0) < 0) throw new TdockError("invalid-argument", "Retries in Healthcheck cannot be negative");
  const times = {
    intervalMs: durationMs("Interval", health?.Interval, 30 * second),
    timeoutMs: durationMs("Timeout", health?.Timeout, 30 * second),
    startPeriodMs: durationMs("StartPeriod", health?.StartPeriod, 0),
    startIntervalMs: durationMs("StartInterval", health?.StartInterval, 5 * second),
  };
  if (health == null || command === undefined) return undefined;
  return { command, ...times, retries: health.Retries || 3, onFailure: health.OnFailure ?? "none" };
}

function commandOf(health: HealthConfig | null | undefined, shell: readonly string[]): readonly string[] | undefined {
  const [kind, ...rest] = health?.Test ?? [];
  switch (kind) {
    case "CMD":
      return rest.length > 0 ? rest : undefined;
    case "CMD-SHELL":
      return [...shell, rest.join(" ")];
    case undefined:
    case "":
    case "NONE":
      return undefined;
    default:
      throw new TdockError("invalid-argument", `Unknown healthcheck type '${kind}' (expected 'CMD')`);
  }
}

/** Docker's API counts in nanoseconds; zero means the default, and less than a millisecond is a mistake. */
function durationMs(name: string, ns: number | null | undefined, defaultMs: number): number {
  if (!ns) return defaultMs;
  if (ns < nsPerMs) throw new TdockError("invalid-argument", `${name} in Healthcheck cannot be less than 1ms`);
  return ns / nsPerMs;
}
