import { spawnSync } from "node:child_process";
import { openSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";

/**
 * Locks the file at `path` for as long as this process lives: two keepers that read the same FIFOs would each get half
 * of the output. The kernel gives the lock back at any death. Node has no `flock`, but a lock belongs to the open file,
 * so util-linux's `flock` takes it on a descriptor that it shares. Throws `conflict` when another process has it.
 */
export function lockFile(path: string): void {
  const fd = openSync(path, "a", 0o600);
  const { status, error } = spawnSync("flock", ["--nonblock", "3"], { stdio: ["ignore", "ignore", "ignore", fd] });
  if (error !== undefined) throw new TdockError("unavailable", "flock (Debian: util-linux) failed", { cause: error });
  if (status !== 0) throw new TdockError("conflict", `another tdock-keeper runs here: ${path} is locked`);
}
