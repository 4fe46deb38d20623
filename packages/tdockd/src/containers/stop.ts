import type { containerStop } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { isError, TdockError } from "@tdock/errors/error";
import { startTimer } from "../host/timer.ts";
import { type Container, isAlive, stopTimeoutOf } from "./container.ts";
import { containerEvent } from "./event.ts";
import { endPendingRestart, type SignalEngine, sendSignal } from "./kill.ts";
import { parseSignal } from "./signal.ts";
import { thaw } from "./thaw.ts";
import { updateAnyway } from "./update-anyway.ts";

const SIGKILL = 9;

/**
 * Ends a container: its stop signal, then SIGKILL after `t` seconds; -1 waits for ever. Ends a pending restart as well.
 * Throws `not-modified` when it is not running.
 */
export async function stopContainer(engine: SignalEngine, input: Input<typeof containerStop>): Promise<void> {
  const before = engine.containers.get(input.id);
  if (!isUp(before)) throw new TdockError("not-modified", `container ${before.name} is already stopped`);
  const how = { signal: input.signal, timeoutSeconds: input.t };
  // A restart by policy may be under way meanwhile: then what it starts is ended too.
  for (let container: Container | undefined = before; container !== undefined; ) {
    await endRun(engine, container, how);
    container = restartedSince(engine, container);
  }
  containerEvent(engine, engine.containers.find(before.id) ?? before, "stop");
}

function isUp(container: Container): boolean {
  return isAlive(container) || container.status.kind === "restarting";
}

/** The container again, when its policy has started it or is about to. */
function restartedSince({ containers }: SignalEngine, before: Container): Container | undefined {
  const now = containers.find(before.id);
  if (now === undefined || !isUp(now)) return undefined;
  const wasStarted = before.status.kind === "restarting" || now.restartCount > before.restartCount;
  return wasStarted || now.status.kind === "restarting" ? now : undefined;
}

async function endRun(engine: SignalEngine, container: Container, how: HowToEnd): Promise<void> {
  if (!isAlive(container)) return endPendingRestart(engine, container.id);
  await updateAnyway(engine, container.id, (record) => ({ ...record, stoppedByUser: true }));
  await endProcess(engine, container, how);
}

interface HowToEnd {
  readonly signal?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** Sends the stop signal and, when it does not help in time, SIGKILL; resolves when the process has ended. */
export async function endProcess(engine: SignalEngine, container: Container, how: HowToEnd): Promise<void> {
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
    // Its end is dealt with under this lock: ports are free and `die` is told afterwards.
    using _ended = await engine.containers.lock(id);
  } finally {
    waiting.abort();
  }
}

/** -1 waits for ever. */
async function isOver(exited: Promise<unknown>, seconds: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  using _timer = startTimer(seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000, () => resolve(false));
  return await Promise.race([exited.then(() => true), late]);
}
