import { TdockError } from "@tdock/errors/error";
import type { RunLimits } from "../build-limits.ts";
import type { RunOperation } from "../plan/operation.ts";

/** Throws `forbidden` when a step asks for more than the build was given: also of one whose result is here already. */
export function checkAllowed({ allowed }: Pick<RunLimits, "allowed">, { network, security }: RunOperation): void {
  const needed = [
    ...(network === "host" ? ["network.host"] : []),
    ...(security === "insecure" ? ["security.insecure"] : []),
  ];
  const missing = needed.find((one) => !allowed.has(one));
  if (missing === undefined) return;
  throw new TdockError("forbidden", `the step needs ${missing}, which the build was not given: --allow ${missing}`);
}
