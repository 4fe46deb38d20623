import type { Input } from "@tdock/api/endpoint";
import type { execResize } from "@tdock/api/exec";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { terminalSize } from "./resize.ts";

/** How long an exec that is being started is waited for, as Docker does. */
const startMs = 10_000;

/** Sets the size of an exec's terminal, once it runs. Throws `conflict` when it does not. */
export async function resizeExec(
  engine: Pick<Engine, "containerd" | "execs">,
  input: Input<typeof execResize>,
): Promise<void> {
  const { id } = engine.execs.get(input.id);
  const timeout = AbortSignal.timeout(startMs);
  await engine.execs.reaches(id, ({ kind }) => kind !== "created", timeout).catch(() => undefined);
  const exec = engine.execs.get(id);
  if (exec.status.kind !== "running")
    throw new TdockError("conflict", `exec ${exec.id} is not running`, { reason: "not-running" });
  await engine.containerd.tasks.resizePty({ id: exec.containerId, execId: exec.id, ...terminalSize(input) });
}
