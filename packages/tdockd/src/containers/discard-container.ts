import type { Engine } from "../engine.ts";
import { collectGarbageLater } from "../images/collect-garbage.ts";
import { closeSandbox } from "../networks/close-sandbox.ts";
import { removeRootfs } from "../runtime/rootfs.ts";
import { closeMountPoints, unmountPlaces } from "../volumes/oci-mounts.ts";
import { releaseMountPoints } from "../volumes/release.ts";
import { type Container, isAlive } from "./container.ts";
import { discardTask } from "./discard-task.ts";
import { containerEvent } from "./event.ts";
import { releaseSharedMemory } from "./shared-memory.ts";
import { logTarget, removeStdio } from "./stdio.ts";
import { updateAnyway } from "./update-anyway.ts";

/** 128 and SIGKILL. */
const killedExitCode = 137;

export type RemoveEngine = Pick<
  Engine,
  | "config"
  | "containerd"
  | "containers"
  | "events"
  | "execs"
  | "keeper"
  | "live"
  | "log"
  | "networks"
  | "now"
  | "volumes"
>;

/**
 * Takes a container out of sight, then away; call with its lock held. Its name, ports and volumes are free when this
 * resolves. The record on disk says `dead` until the last file is gone, so a crash in between is finished by the next
 * start.
 */
export async function discardContainer(
  engine: RemoveEngine,
  container: Container,
  options: { readonly removeVolumes: boolean },
): Promise<void> {
  const { id } = container;
  engine.live.cancelRestart(id);
  const dead = await updateAnyway(engine, id, (record) => ({ ...record, status: deadStatus(record) }));
  await closeSandbox(engine, id);
  unmountPlaces(engine, id);
  await releaseMountPoints(engine, { containerId: id, removeAnonymous: options.removeVolumes });
  engine.containers.hide(id);
  containerEvent(engine, dead, "destroy");
  const { status } = dead;
  engine.live.exits.notify(id, "removed", { exitCode: status.kind === "dead" ? status.exitCode : 0 });
  const before = engine.live.settled(id);
  engine.live.settle(
    id,
    before.then(() => takeAway(engine, dead)),
  );
}

/** What still runs is killed. */
function deadStatus(container: Container): Container["status"] {
  const { status } = container;
  const ended = {
    exitCode: isAlive(container) ? killedExitCode : 0,
    startedAt: "",
    finishedAt: "",
    oomKilled: false,
    error: "",
  };
  const failure = status.kind === "created" ? status.failure : undefined;
  return { ...ended, ...failure, ...status, kind: "dead" };
}

/** The slow part. What fails is logged and found again at the next start, by the record that is still there. */
async function takeAway(engine: RemoveEngine, container: Container): Promise<void> {
  const { id } = container;
  try {
    await discardTask(engine, id);
    await closeMountPoints(engine, container);
    releaseSharedMemory(engine, id);
    // Of one that never ran, somebody may still wait for its output.
    await engine.keeper.forget({ id, drainMs: 0 });
    for (const exec of engine.execs.list(id)) {
      // Where tdockd was killed in the middle of an exec's start, nobody else lets go of its output.
      if (exec.status.kind === "created") await engine.keeper.forget({ id, execId: exec.id, drainMs: 0 });
      await engine.execs.remove(exec.id);
    }
    await removeStdio(engine.config, id);
    await Promise.all([
      removeRootfs(engine.containerd, id),
      engine.keeper.remove({ log: logTarget(engine.containers, container) }),
    ]);
    await engine.containers.remove(id);
    collectGarbageLater(engine);
  } catch (err) {
    engine.log.error({ id, err }, "a removed container left something behind; the next start takes it away");
  }
}
