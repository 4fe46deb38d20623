import { realpathSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import { mountAt } from "../host/mount-table.ts";
import type { BindPoint } from "./mount-point.ts";

/**
 * Refuses a propagation that the mount under a source cannot give: the container would see nothing of what it was
 * promised. Throws `invalid-argument`, in Docker's words.
 */
export function checkPropagation({ source, propagation }: Pick<BindPoint, "source" | "propagation">): void {
  if (propagation.endsWith("private")) return;
  const mount = mountAt(realpathSync(source));
  const isSlave = propagation.endsWith("slave");
  if (mount === undefined || mount.propagation === "shared" || (isSlave && mount.propagation === "slave")) return;
  const wanted = isSlave ? "a shared or slave mount" : "a shared mount";
  throw new TdockError("invalid-argument", `path ${source} is mounted on ${mount.target} but it is not ${wanted}`);
}
