import type { Input } from "@tdock/api/endpoint";
import type { execKill } from "@tdock/api/exec";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { Exec } from "./exec.ts";
import { parseSignal } from "./signal.ts";

type KillEngine = Pick<Engine, "containerd" | "execs">;

/** Sends a signal to an exec's process: an extension, Docker has no such door. Throws `conflict` when it does not run. */
export async function killExec(engine: KillEngine, input: Input<typeof execKill>): Promise<void> {
  const exec = engine.execs.get(input.id);
  const signal = parseSignal(input.signal || "KILL");
  if (exec.status.kind !== "running")
    throw new TdockError("conflict", `exec ${exec.id} is not running`, { reason: "not-running" });
  await sendExecSignal(engine, exec, signal);
}

/** One that has just ended has got what was wanted. */
export async function sendExecSignal({ containerd }: KillEngine, exec: Exec, signal: number): Promise<void> {
  try {
    await containerd.tasks.kill({ id: exec.containerId, execId: exec.id, signal });
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
  }
}
