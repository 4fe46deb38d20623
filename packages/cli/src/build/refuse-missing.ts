import { TdockError } from "@tdock/errors/error";
import { parseCsvLine } from "../flags/csv.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { buildFlags } from "./flags.ts";

/** What Docker's clients know and this engine does not offer: an error, since a flag that is ignored misleads. */
const missing = ["security-opt", "cgroup-parent", "squash"] as const;
/** Flags that name one of several ways where there is but one, and what may be said all the same. */
const only = { builder: "default", isolation: "default" } as const;

/** Throws `not-implemented` for a flag that would otherwise be ignored. */
export function refuseMissing(flags: FlagValues<typeof buildFlags>): void {
  for (const name of missing) {
    const value = flags[name];
    const isGiven = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (isGiven) throw new TdockError("not-implemented", `--${name} is not offered`);
  }
  for (const [name, value] of Object.entries(only) as [keyof typeof only, string][]) {
    const given = flags[name] || value;
    if (given !== value) throw new TdockError("not-implemented", `--${name} ${given} is not offered, only ${value}`);
  }
  if (!["", "build", "check"].includes(flags.call ?? ""))
    throw new TdockError("not-implemented", `--call ${flags.call} is not offered, only build and check`);
  refuseAttestations(flags);
}

/** Scripts that want none say so: `--provenance=false`, `--attest type=sbom,disabled=true`. */
function refuseAttestations({ attest, provenance = "", sbom = "" }: FlagValues<typeof buildFlags>): void {
  const wanted = [provenance, sbom].filter((value) => !["", "false", "0"].includes(value.toLowerCase()));
  const attested = attest.filter((value) => !parseCsvLine(value).includes("disabled=true"));
  const [first] = [...wanted, ...attested];
  if (first !== undefined) throw new TdockError("not-implemented", `attestations are not offered: ${first}`);
}
