import type { Engine } from "../engine.ts";
import type { MountPoint } from "./mount-point.ts";
import { removeVolumeData } from "./remove.ts";
import { usersOf } from "./users.ts";

type ReleaseEngine = Pick<Engine, "containers" | "events" | "log" | "volumes">;

export interface ReleaseRequest {
  readonly containerId: string;
  /** Whether volumes that were made for this container, without a name, go with it. */
  readonly removeAnonymous: boolean;
}

/**
 * A container that goes gives up its volumes; call while its record is still there, or after a creation that failed.
 * Idempotent. A volume that cannot be removed stays, as one that nobody uses.
 */
export async function releaseMountPoints(engine: ReleaseEngine, request: ReleaseRequest): Promise<void> {
  const { containerId, removeAnonymous } = request;
  const recorded: readonly MountPoint[] = engine.containers.find(containerId)?.mounts ?? [];
  const used = recorded.flatMap((point) => (point.kind === "volume" ? [point.name] : []));
  const names = new Set([...used, ...engine.volumes.heldBy(containerId)]);
  engine.volumes.letGo(containerId);
  for (const name of names) {
    if (engine.volumes.find(name)?.madeFor !== containerId) continue;
    if (!removeAnonymous) await engine.volumes.keep(name);
    else if (usersOf(engine, name).every((user) => user === containerId)) await tryRemove(engine, name);
  }
}

async function tryRemove(engine: ReleaseEngine, name: string): Promise<void> {
  try {
    await removeVolumeData(engine, name);
  } catch (err) {
    engine.log.warn({ err, volume: name }, "an anonymous volume could not be removed");
  }
}
