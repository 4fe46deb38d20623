import type { Volume as VolumeReply } from "@tdock/api/volumes";
import type { Engine } from "../engine.ts";
import type { Volume } from "./volume.ts";

type InspectEngine = Pick<Engine, "volumes">;

/** `GET /volumes/{name}`. Throws `not-found`. */
export function inspectVolume(engine: InspectEngine, { name }: { readonly name: string }): VolumeReply {
  return volumeReply(engine, engine.volumes.get(name));
}

/** A volume as the API shows it. */
export function volumeReply({ volumes }: InspectEngine, volume: Volume): VolumeReply {
  const hasOptions = Object.keys(volume.options).length > 0;
  return {
    CreatedAt: volume.createdAt.replace(/\.\d+Z$/, "Z"),
    Driver: volume.driver,
    Labels: Object.keys(volume.labels).length > 0 ? { ...volume.labels } : null,
    Mountpoint: volumes.dataFolder(volume.name),
    Name: volume.name,
    Options: hasOptions ? { ...volume.options } : null,
    Scope: "local",
  } as VolumeReply;
}
