import { TdockError } from "@tdock/errors/error";
import type { FlagValues } from "../flags/flag.ts";
import type { buildFlags } from "./flags.ts";

/** What Docker's clients know and this engine does not offer: an error, since a flag that is ignored misleads. */
const missing = ["security-opt", "cgroup-parent", "squash"] as const;

/** Throws `not-implemented` for a flag that would otherwise be ignored. */
export function refuseMissing(flags: FlagValues<typeof buildFlags>): void {
  for (const name of missing) {
    const value = flags[name];
    const isGiven = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (isGiven) throw new TdockError("not-implemented", `--${name} is not offered`);
  }
}
