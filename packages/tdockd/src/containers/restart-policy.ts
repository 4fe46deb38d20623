import type { RestartPolicy } from "@tdock/api/host-config";

const firstDelayMs = 100;
const longestDelayMs = 60_000;
/** A run this long starts the delays anew. */
const goodRunMs = 10_000;

export interface Run {
  readonly exitCode: number;
  readonly stoppedByUser: boolean;
  /** How often the policy has started it since the last start by hand. */
  readonly restartCount: number;
}

/** Whether a container that has ended is to be started again. As moby's restartmanager. */
export function shouldRestart(policy: RestartPolicy | null | undefined, run: Run): boolean {
  if (run.stoppedByUser) return false;
  switch (policy?.Name) {
    case "always":
    case "unless-stopped":
      return true;
    case "on-failure": {
      const limit = policy.MaximumRetryCount ?? 0;
      return run.exitCode !== 0 && (limit === 0 || run.restartCount < limit);
    }
    default:
      return false;
  }
}

/** Whether a container is to be started when the machine has been started: its process died with the machine. */
export function shouldStartAtBoot(policy: RestartPolicy | null | undefined, run: Run): boolean {
  if (policy?.Name === "always") return true;
  return shouldRestart(policy, run);
}

/** 100 ms, doubled at each short run, at most a minute; a run of ten seconds starts anew. */
export function restartDelayMs(lastDelayMs: number | undefined, ranForMs: number): number {
  if (lastDelayMs === undefined || ranForMs >= goodRunMs) return firstDelayMs;
  return Math.min(longestDelayMs, lastDelayMs * 2);
}
