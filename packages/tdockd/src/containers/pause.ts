import type { containerPause } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { notRunning } from "./container.ts";
import { containerEvent } from "./event.ts";

type PauseEngine = Pick<Engine, "containerd" | "containers" | "events" | "execs">;

/** Freezes a container's processes. Throws `conflict` when it is paused already or does not run. */
export async function pauseContainer(engine: PauseEngine, input: Input<typeof containerPause>): Promise<void> {
  const { id } = engine.containers.get(input.id);
  using _lock = await engine.containers.lock(id);
  const container = engine.containers.get(id);
  const { status } = container;
  if (status.kind === "paused") throw new TdockError("conflict", `Container ${id} is already paused`);
  if (status.kind !== "running") throw notRunning(container);
  using _noStarts = await engine.execs.starts.close(id);
  await engine.containerd.tasks.pause(id);
  const paused = await engine.containers.update(id, (record) => ({ ...record, status: { ...status, kind: "paused" } }));
  containerEvent(engine, paused, "pause");
}

/** Thaws them. Throws `conflict` when the container is not paused. */
export async function unpauseContainer(engine: PauseEngine, input: Input<typeof containerPause>): Promise<void> {
  const { id } = engine.containers.get(input.id);
  using _lock = await engine.containers.lock(id);
  const { status } = engine.containers.get(id);
  if (status.kind !== "paused") throw new TdockError("conflict", `Container ${id} is not paused`);
  await engine.containerd.tasks.resume(id);
  const resumed = await engine.containers.update(id, (record) => ({
    ...record,
    status: { ...status, kind: "running" },
  }));
  containerEvent(engine, resumed, "unpause");
}
