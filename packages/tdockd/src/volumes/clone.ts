import { randomUUID } from "node:crypto";
import { pipeline } from "node:stream/promises";
import type { Volume as VolumeReply } from "@tdock/api/volumes";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { startArchiving, startUnpacking } from "../host/tar-folder.ts";
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

async function copyFolder(from: string, into: string, signal: AbortSignal): Promise<void> {
  const [archiving, unpacking] = await Promise.all([startArchiving(from, signal), startUnpacking(into, signal)]);
  archiving.stdin.end();
  unpacking.stdout.resume();
  const flowing = pipeline(archiving.stdout, unpacking.stdin);
  // Why it broke is told by the end that failed.
  flowing.catch(() => {});
  const [archived, unpacked] = await Promise.all([archiving.ended, unpacking.ended]);
  if (archived.exitCode > 1) throw new TdockError("internal", `tar: ${archived.stderr.trim()}`);
  if (unpacked.exitCode > 0) throw new TdockError("internal", `tar: ${unpacked.stderr.trim()}`);
}
