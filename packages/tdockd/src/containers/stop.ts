import type { containerStop } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { isError, TdockError } from "@tdock/errors/error";
import { type Container, isAlive, stopTimeoutOf } from "./container.ts";
import { containerEvent } from "./event.ts";
import { type SignalEngine, sendSignal } from "./kill.ts";
import { parseSignal } from "./signal.ts";
import { thaw } from "./thaw.ts";

const SIGKILL = 9;

/**
 * Ends a container: its stop signal, then SIGKILL after `t` seconds; -1 waits for ever. Ends a pending restart as well.
 * Throws `not-modified` when it is not running.
 */
export async function stopContainer(engine: SignalEngine, input: Input<typeof containerStop>): Promise<void> {
  const container = engine.containers.get(input.id);
  const { id } = container;
  if (container.status.kind === "restarting") {
    engine.live.cancelRestart(id);
    await engine.containers.update(id, ({ status, ...record }) => ({
      ...record,
      stoppedByUser: true,
      status: status.kind === "restarting" ? { ...status, kind: "exited" } : status,
    }));
    return;
  }
  if (!isAlive(container)) throw new TdockError("not-modified", `container ${container.name} is already stopped`);
  await engine.containers.update(id, (record) => ({ ...record, stoppedByUser: true }));
  await endProcess(engine, container, { signal: input.signal, timeoutSeconds: input.t });
  containerEvent(engine, container, "stop");
}

/** Sends the stop signal and, when it does not help in time, SIGKILL; resolves when the process has ended. */
export async function endProcess(
  engine: SignalEngine,
  container: Container,
  how: { readonly signal?: string | undefined; readonly timeoutSeconds?: number | undefined },
): Promise<void> {
  const { id } = container;
  const waiting = new AbortController();
  const exited = engine.live.exits.wait(id, "exit", waiting.signal);
  exited.catch(() => {});
  try {
    await sendSignal(engine, container, parseSignal(how.signal || container.config.StopSignal || "TERM"));
    if (container.status.kind === "paused") await thaw(engine, id);
    if (await isOver(exited, how.timeoutSeconds ?? stopTimeoutOf(container))) return;
    await sendSignal(engine, container, SIGKILL);
    await exited;
  } catch (thrown) {
    // It ended by itself between two steps: what was wanted has come about.
    if (!isError(thrown, "conflict", "not-running")) throw thrown;
    if (engine.containers.find(id) !== undefined && isAlive(engine.containers.get(id))) await exited;
  } finally {
    waiting.abort();
  }
}

async function isOver(exited: Promise<unknown>, seconds: number): Promise<boolean> {
  if (seconds < 0) {
    await exited;
    return true;
  }
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), seconds * 1000);
  exited.then(
    () => resolve(true),
    () => resolve(false),
  );
  return promise.finally(() => clearTimeout(timer));
}
