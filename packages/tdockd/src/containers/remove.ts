import type { containerRemove } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import { isAlive } from "./container.ts";
import { discardContainer, type RemoveEngine } from "./discard-container.ts";
import { discardTask } from "./discard-task.ts";
import { containerEvent } from "./event.ts";

/**
 * Removes a container, with `force` one that runs too, with `v` its anonymous volumes. Its name is free afterwards.
 * Throws `not-found`, or `conflict` when it runs and `force` was not given.
 */
export async function removeContainer(engine: RemoveEngine, input: Input<typeof containerRemove>): Promise<void> {
  if (input.link === true) throw new TdockError("invalid-argument", "legacy links are not supported");
  const { id } = engine.containers.get(input.id);
  using _lock = await engine.containers.lock(id);
  const container = engine.containers.get(id);
  if ((isAlive(container) || container.status.kind === "restarting") && input.force !== true) {
    const { kind } = container.status;
    throw new TdockError(
      "conflict",
      `You cannot remove a ${kind} container ${id}. ${kind === "paused" ? "Unpause and then stop" : "Stop"} the container before attempting removal or force remove`,
    );
  }
  if (isAlive(container)) {
    containerEvent(engine, container, "kill", { signal: "9" });
    await discardTask(engine, id);
    await engine.keeper.forget({ id, drainMs: 200 });
    containerEvent(engine, container, "die", { exitCode: "137" });
    engine.live.exits.notify(id, "exit", { exitCode: 137 });
  }
  await discardContainer(engine, container, { removeVolumes: input.v === true });
}
