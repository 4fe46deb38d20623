import { rm } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";
import { mountsUnder } from "./mount-table.ts";

/**
 * Deletes a folder with all that is in it, links themselves and not what they lead to. Refuses while anything is
 * mounted at or below it: what is mounted is somebody else's. Throws `conflict`, reason `mounted`.
 */
export async function removeTree(path: string): Promise<void> {
  refuseMounted(path);
  await rm(path, { recursive: true, force: true });
}

/** Throws `conflict`, reason `mounted`, while anything is mounted at or below a folder. */
export function refuseMounted(path: string): void {
  const [mount] = mountsUnder(path);
  if (mount !== undefined) {
    throw new TdockError("conflict", `cannot remove ${path}: ${mount.target} is mounted`, { reason: "mounted" });
  }
}
