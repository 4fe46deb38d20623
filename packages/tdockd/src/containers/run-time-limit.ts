import type { Engine } from "../engine.ts";
import { startTimer } from "../host/timer.ts";
import { type Container, isAlive } from "./container.ts";
import { type SignalEngine, sendSignal } from "./kill.ts";

const SIGKILL = 9;

/**
 * Ends this run of a container by force when its time is over (`run --timeout`, as podman's). Call when it has been
 * started, and for those that run when tdockd starts: time that went by in between counts.
 */
export function limitRunTime(engine: SignalEngine & Pick<Engine, "now">, container: Container): void {
  const { id, config, status } = container;
  if (!config.RunTimeout || !isAlive(container) || !("startedAt" in status)) return;
  const ageMs = Math.max(0, engine.now().getTime() - Date.parse(status.startedAt));
  const leftMs = config.RunTimeout * 1000 - ageMs;
  startTimer(leftMs, () => {
    const current = engine.containers.find(id);
    if (current === undefined || !isSameRun(current, status.startedAt)) return;
    engine.log.info({ id, seconds: config.RunTimeout }, "container has run as long as it may");
    sendSignal(engine, current, SIGKILL).catch((err) =>
      engine.log.warn({ id, err }, "container was not ended in time"),
    );
  });
}

function isSameRun(container: Container, startedAt: string): boolean {
  return isAlive(container) && "startedAt" in container.status && container.status.startedAt === startedAt;
}
