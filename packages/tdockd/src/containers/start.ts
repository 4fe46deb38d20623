import type { containerStart } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { Container } from "./container.ts";
import { discardContainer, type RemoveEngine } from "./discard-container.ts";
import { type LaunchEngine, launch } from "./launch.ts";
import { startFailureExitCode } from "./start-failure.ts";

/**
 * Starts a container. Throws `not-modified` when it runs already, `conflict` when it is paused or being removed, and
 * what stood in the way of its process otherwise; the container then is as before, and `inspect` tells the error.
 */
export async function startContainer(
  engine: LaunchEngine & RemoveEngine,
  { id }: Input<typeof containerStart>,
): Promise<void> {
  const { id: fullId } = engine.containers.get(id);
  using _lock = await engine.containers.lock(fullId);
  await launchByHand(engine, engine.containers.get(fullId));
}

/** As `startContainer`, with the container's lock held. What a restart policy did before does not count any more. */
export async function launchByHand(engine: LaunchEngine & RemoveEngine, container: Container): Promise<void> {
  checkCanStart(container);
  engine.live.cancelRestart(container.id);
  try {
    await launch(engine, await forgetRestarts(engine, container));
  } catch (thrown) {
    await recordFailure(engine, container, thrown);
    throw thrown;
  }
}

async function forgetRestarts({ containers }: LaunchEngine, container: Container): Promise<Container> {
  if (container.restartCount === 0) return container;
  return containers.update(container.id, (record) => ({ ...record, restartCount: 0 }));
}

function checkCanStart({ status, name }: Container): void {
  switch (status.kind) {
    case "running":
      throw new TdockError("not-modified", `container ${name} is already running`);
    case "paused":
      throw new TdockError("conflict", "cannot start a paused container, try unpause instead");
    case "dead":
      throw new TdockError("conflict", "container is marked for removal and cannot be started");
    default:
  }
}

/** As Docker: a container that never ran stays "created", with the error beside it; one with `--rm` goes. */
async function recordFailure(engine: RemoveEngine & LaunchEngine, before: Container, thrown: unknown): Promise<void> {
  const { code, message, reason } = TdockError.from(thrown);
  const exitCode = startFailureExitCode(reason);
  engine.log.info({ id: before.id, code, reason, error: message }, "container did not start");
  const failed = await engine.containers.update(before.id, (record) => ({
    ...record,
    status:
      record.status.kind === "created"
        ? { kind: "created", failure: { exitCode, error: message } }
        : {
            kind: "exited",
            exitCode,
            startedAt: "startedAt" in record.status ? record.status.startedAt : "",
            finishedAt: engine.now().toISOString(),
            oomKilled: false,
            error: message,
          },
  }));
  engine.live.exits.notify(before.id, "exit", { exitCode, error: message });
  if (failed.hostConfig.AutoRemove === true) await discardContainer(engine, failed, { removeVolumes: true });
}
