import type { Input } from "@tdock/api/endpoint";
import type { execResize } from "@tdock/api/exec";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { terminalSize } from "./resize.ts";

/** Sets the size of an exec's terminal. Throws `conflict` when it does not run. */
export async function resizeExec(
  engine: Pick<Engine, "containerd" | "execs">,
  input: Input<typeof execResize>,
): Promise<void> {
  const exec = engine.execs.get(input.id);
  if (exec.status.kind !== "running")
    throw new TdockError("conflict", `exec ${exec.id} is not running`, { reason: "not-running" });
  await engine.containerd.tasks.resizePty({ id: exec.containerId, execId: exec.id, ...terminalSize(input) });
}
