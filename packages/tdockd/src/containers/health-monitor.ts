import { elapsed } from "../host/timer.ts";
import type { Container } from "./container.ts";
import { isAlive, isRunning } from "./container.ts";
import type { ExitEngine } from "./container-exited.ts";
import { containerEvent } from "./event.ts";
import type { ExecEngine } from "./exec-run.ts";
import type { Health, HealthResult } from "./health.ts";
import { type HealthCheck, healthCheckOf } from "./health-check.ts";
import { runProbe } from "./health-probe.ts";
import { killContainer } from "./kill.ts";
import { restartContainer } from "./restart.ts";
import { stopContainer } from "./stop.ts";

export type HealthEngine = ExitEngine & ExecEngine;

const keptResults = 5;

/**
 * Checks a container's health for as long as this run of it lasts. Does nothing for one without a check. Call when it
 * has been started, and for those that run when tdockd starts.
 */
export function monitorHealth(engine: HealthEngine, container: Container): void {
  const check = healthCheckOf(container.config);
  if (check === undefined || !isAlive(container)) return;
  follow(engine, container, check).catch((err) =>
    engine.log.error({ id: container.id, err }, "health is not followed"),
  );
}

/** How a result changes what is known. A failure within the start period does not count, a success ends it. */
export function judge(health: Health, result: HealthResult, rules: { retries: number; isStarting: boolean }): Health {
  const log = [...health.log, result].slice(-keptResults);
  if (result.exitCode === 0) return { status: "healthy", failingStreak: 0, log };
  if (health.status === "starting" && rules.isStarting) return { ...health, log };
  const failingStreak = health.failingStreak + 1;
  return { status: failingStreak >= rules.retries ? "unhealthy" : health.status, failingStreak, log };
}

async function follow(engine: HealthEngine, { id, status }: Container, check: HealthCheck): Promise<void> {
  if (!("startedAt" in status)) return;
  const { startedAt } = status;
  const current = () => ofRun(engine.containers.find(id), startedAt);
  // What cannot be written down, or acted upon, does not end the checks.
  const goOn = (err: unknown) => engine.log.warn({ id, err }, "a health check's result was not dealt with");
  await note(engine, id, (health) => health ?? { status: "starting", failingStreak: 0, log: [] }).catch(goOn);
  const ageMs = Math.max(0, engine.now().getTime() - Date.parse(startedAt));
  const startedUpAtMs = performance.now() + check.startPeriodMs - ageMs;
  const isStarting = () => performance.now() < startedUpAtMs;
  for (let container = current(); container !== undefined; container = current()) {
    const wasStarting = healthOf(container)?.status === "starting" && isStarting();
    await elapsed(wasStarting ? check.startIntervalMs : check.intervalMs);
    const now = current();
    if (now === undefined) return;
    // A frozen container cannot answer, which says nothing about it.
    if (!isRunning(now)) continue;
    const result = await runProbe(engine, now, check);
    const after = current();
    if (after === undefined) return;
    await conclude(engine, after, { check, result, isStarting: isStarting() }).catch(goOn);
  }
}

interface Conclusion {
  readonly check: HealthCheck;
  readonly result: HealthResult;
  readonly isStarting: boolean;
}

async function conclude(
  engine: HealthEngine,
  container: Container,
  { check, result, isStarting }: Conclusion,
): Promise<void> {
  const before = healthOf(container) ?? { status: "starting", failingStreak: 0, log: [] };
  const health = judge(before, result, { retries: check.retries, isStarting });
  await note(engine, container.id, () => health);
  if (health.status === before.status) return;
  containerEvent(engine, container, `health_status: ${health.status}`);
  if (health.status === "healthy") engine.live.exits.notify(container.id, "healthy", { exitCode: 0 });
  if (health.status === "unhealthy") await act(engine, container.id, check.onFailure);
}

/** What `--health-on-failure` asks for. */
async function act(engine: HealthEngine, id: string, action: HealthCheck["onFailure"]): Promise<void> {
  engine.log.info({ id, action }, "container turned unhealthy");
  if (action === "kill") await killContainer(engine, { id, signal: "KILL" });
  if (action === "stop") await stopContainer(engine, { id });
  if (action === "restart") await restartContainer(engine, { id });
}

async function note(engine: HealthEngine, id: string, change: (health: Health | undefined) => Health): Promise<void> {
  await engine.containers.update(id, (record) => {
    const { status } = record;
    if (status.kind !== "running" && status.kind !== "paused") return record;
    return { ...record, status: { ...status, health: change(status.health) } };
  });
}

function ofRun(container: Container | undefined, startedAt: string): Container | undefined {
  if (container === undefined || !isAlive(container)) return undefined;
  return "startedAt" in container.status && container.status.startedAt === startedAt ? container : undefined;
}

function healthOf({ status }: Container): Health | undefined {
  return "health" in status ? status.health : undefined;
}
