import { randomUUID } from "node:crypto";
import type { Volume as VolumeReply } from "@tdock/api/volumes";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { copyFolder } from "../host/tar-folder.ts";
import { createVolume } from "./create.ts";
import { volumeReply } from "./inspect.ts";
import { checkVolumeName } from "./volume.ts";
import { withVolume } from "./with-volume.ts";

type CloneEngine = Pick<Engine, "events" | "now" | "volumes">;

export interface VolumeClone {
  readonly name: string;
  /** Name of the new volume. */
  readonly to?: string;
}

/**
 * `POST /volumes/{name}/clone`: a new volume with the files, owners, modes and labels of another; on failure there is
 * none. Throws `not-found`, `conflict` when the new name is taken.
 */
export async function cloneVolume(
  engine: CloneEngine,
  { name, to = "" }: VolumeClone,
  signal: AbortSignal,
): Promise<VolumeReply> {
  const source = engine.volumes.get(name);
  const target = checkVolumeName(to);
  // Until it is whole it belongs to this call, and goes at the next start if that is cut short.
  const madeFor = `clone-${randomUUID()}`;
  const request = { name: target, driver: "local", options: {}, labels: source.labels, madeFor };
  if (engine.volumes.find(target) !== undefined) throw nameInUse(target);
  const volume = await createVolume(engine, request);
  if (volume.madeFor !== madeFor) throw nameInUse(target);
  try {
    await withVolume(engine, name, (from) => withVolume(engine, target, (into) => copyFolder(from, into, signal)));
    await engine.volumes.keep(target);
  } catch (error) {
    await engine.volumes.remove(target);
    throw error;
  }
  return volumeReply(engine, volume);
}

function nameInUse(name: string): TdockError {
  return new TdockError("conflict", `volume ${name} already exists`, { reason: "name-in-use" });
}
