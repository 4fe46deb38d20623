import type { ContainerFlags } from "./container-flags.ts";
import { invalid } from "./invalid.ts";

/** What each namespace flag accepts, and what Docker says about anything else. */
const modes: readonly (readonly ["pid" | "uts" | "userns" | "cgroupns", RegExp, string])[] = [
  ["pid", /^(host|container:.+)?$/, "--pid: invalid PID mode"],
  ["uts", /^(host)?$/, "--uts: invalid UTS mode"],
  ["userns", /^(host)?$/, "--userns: invalid USER mode"],
  ["cgroupns", /^(host|private)?$/, "--cgroupns: invalid CGROUP mode"],
];

/** Throws `invalid-argument` for a namespace mode that does not exist. */
export function checkModes(flags: ContainerFlags): void {
  for (const [name, accepted, message] of modes) {
    if (!accepted.test(flags[name] ?? "")) throw invalid(message);
  }
}
