import type { containerKill } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type Container, isAlive, notRunning } from "./container.ts";
import { containerEvent } from "./event.ts";
import { parseSignal } from "./signal.ts";
import { thaw } from "./thaw.ts";
import { updateAnyway } from "./update-anyway.ts";

export type SignalEngine = Pick<Engine, "containerd" | "containers" | "events" | "live" | "log">;

const SIGKILL = 9;

/**
 * Sends a signal to a container's first process; SIGKILL without a name. One that waits for its restart is not started
 * again, as Docker's. Throws `conflict` when it does not run, `invalid-argument` for an unknown signal.
 */
export async function killContainer(engine: SignalEngine, input: Input<typeof containerKill>): Promise<void> {
  const signal = parseSignal(input.signal || "KILL");
  const before = engine.containers.get(input.id);
  const isEnd = isMeantToEnd(before, signal);
  if (before.status.kind === "restarting") {
    if (isEnd) await endPendingRestart(engine, before.id);
    // Nothing runs that could be sent a signal, unless the restart was quicker.
    if (engine.containers.find(before.id)?.status.kind !== "running") return;
  }
  const container = engine.containers.get(before.id);
  if (!isAlive(container)) throw cannotKill(container, input.id);
  if (isEnd) await updateAnyway(engine, container.id, (record) => ({ ...record, stoppedByUser: true }));
  await sendSignal(engine, container, signal).catch((thrown) => {
    // It has just ended by itself, and is not started again: what was wanted is so, as for Docker.
    if (!isEnd || !isError(thrown, "conflict", "not-running")) throw thrown;
  });
}

/** Ends the wait of a container for its restart; one that has begun comes to its end. */
export async function endPendingRestart(engine: SignalEngine, id: string): Promise<void> {
  using _lock = await engine.containers.lock(id);
  const { status } = engine.containers.get(id);
  if (status.kind !== "restarting") return;
  engine.live.cancelRestart(id);
  await updateAnyway(engine, id, (record) => ({
    ...record,
    stoppedByUser: true,
    status: { ...status, kind: "exited" },
  }));
  engine.live.exits.notify(id, "exit", { exitCode: status.exitCode });
}

/** As Docker: whoever ends it by hand does not want it started again. Where a stop signal is set, others mean something else. */
function isMeantToEnd({ config }: Container, signal: number): boolean {
  return signal === SIGKILL || !config.StopSignal || signal === parseSignal(config.StopSignal);
}

/** Sends a signal and tells listeners. A process that ended meanwhile is `conflict`, as one that never ran. */
export async function sendSignal(engine: SignalEngine, container: Container, signal: number): Promise<void> {
  const { id } = container;
  try {
    await engine.containerd.tasks.kill({ id, signal });
    // A frozen process is not killed before it is thawed.
    if (signal === SIGKILL && container.status.kind === "paused") await thaw(engine, id);
  } catch (thrown) {
    throw isError(thrown, "not-found") ? cannotKill(container) : thrown;
  }
  containerEvent(engine, container, "kill", { signal: String(signal) });
}

function cannotKill(container: Container, name = container.id) {
  const error = notRunning(container);
  error.message = `Cannot kill container: ${name}: ${error.message}`;
  return error;
}
