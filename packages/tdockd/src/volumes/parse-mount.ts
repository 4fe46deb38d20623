import { existsSync } from "node:fs";
import { isAbsolute, posix } from "node:path";
import type { Mount } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type AnonymousEngine, anonymousVolume } from "./anonymous-volume.ts";
import { createVolume } from "./create.ts";
import { checkDestination } from "./destination.ts";
import type { BindPoint, MountPoint, Propagation } from "./mount-point.ts";
import { tmpfsPointOf } from "./tmpfs.ts";
import { checkVolumeName } from "./volume.ts";

type MountEngine = AnonymousEngine & Pick<Engine, "images">;

/** One `--mount`. Throws `invalid-argument`, in Docker's words; `not-found` for an unknown image. */
export async function mountPointOf(engine: MountEngine, containerId: string, mount: Mount): Promise<MountPoint> {
  const destination = checkDestination(mount.Target, mount.Target);
  checkOptions(mount);
  switch (mount.Type) {
    case "bind":
      return bindPoint(mount, destination);
    case "volume":
      return volumePoint(engine, { containerId, mount, destination });
    case "tmpfs":
      return tmpfsPointOf(mount, destination);
    case "image":
      return imagePoint(engine, mount, destination);
    default:
      throw invalid(mount, `mount type ${mount.Type} is not supported on Linux`);
  }
}

const optionsOfType: Readonly<Record<string, keyof Mount>> = {
  bind: "BindOptions",
  volume: "VolumeOptions",
  tmpfs: "TmpfsOptions",
  image: "ImageOptions",
};

/** Options of another kind of mount would be silently without effect. */
function checkOptions(mount: Mount): void {
  for (const [type, member] of Object.entries(optionsOfType)) {
    const given = mount[member];
    if (type !== mount.Type && given !== null && given !== undefined) {
      throw invalid(mount, `field ${member} must not be specified`);
    }
  }
}

function bindPoint(mount: Mount, destination: string): BindPoint {
  const source = mount.Source ?? "";
  const options = mount.BindOptions;
  if (source === "") throw invalid(mount, "field Source must not be empty");
  if (!isAbsolute(source)) throw invalid(mount, `invalid mount path: '${source}' mount path must be absolute`);
  const mustExist = options?.CreateMountpoint !== true;
  if (mustExist && !existsSync(source)) throw invalid(mount, `bind source path does not exist: ${source}`);
  const propagation = options?.Propagation || "rprivate";
  if (!isPropagation(propagation)) throw invalid(mount, `invalid propagation mode: ${propagation}`);
  return {
    kind: "bind",
    source,
    destination,
    isReadOnly: mount.ReadOnly === true,
    mode: "",
    propagation,
    isNonRecursive: options?.NonRecursive === true,
    recursiveReadOnly: options?.ReadOnlyForceRecursive ? "forced" : options?.ReadOnlyNonRecursive ? "off" : "best",
    mustExist,
  };
}

interface VolumeMount {
  readonly containerId: string;
  readonly mount: Mount;
  readonly destination: string;
}

async function volumePoint(engine: MountEngine, { containerId, mount, destination }: VolumeMount): Promise<MountPoint> {
  const options = mount.VolumeOptions;
  const subpath = checkSubpath(mount, options?.Subpath ?? "");
  const place = { isReadOnly: mount.ReadOnly === true, isNoCopy: options?.NoCopy === true, subpath };
  if (!mount.Source) {
    if (subpath !== "") throw invalid(mount, "must not set Subpath when using anonymous volumes");
    return { ...(await anonymousVolume(engine, containerId, destination)), ...place };
  }
  const name = checkVolumeName(mount.Source);
  engine.volumes.hold(containerId, name);
  const volume = await createVolume(engine, {
    name,
    driver: options?.DriverConfig?.Name || "local",
    options: options?.DriverConfig?.Options ?? {},
    labels: options?.Labels ?? {},
  });
  const source = engine.volumes.dataFolder(volume.name);
  return {
    kind: "volume",
    name: volume.name,
    driver: volume.driver,
    source,
    destination,
    mode: "",
    isAnonymous: false,
    ...place,
  };
}

async function imagePoint(engine: MountEngine, mount: Mount, destination: string): Promise<MountPoint> {
  if (!mount.Source) throw invalid(mount, "field Source must not be empty");
  await engine.images.resolve(mount.Source);
  const subpath = checkSubpath(mount, mount.ImageOptions?.Subpath ?? "");
  return { kind: "image", source: mount.Source, subpath, destination, isReadOnly: true, mode: "" };
}

/** The path is resolved by the kernel inside the volume when it is mounted; here only what can never be is refused. */
function checkSubpath(mount: Mount, subpath: string): string {
  if (subpath === "") return "";
  const clean = posix.normalize(subpath);
  if (isAbsolute(subpath) || clean === ".." || clean.startsWith("../") || subpath.includes("\0")) {
    throw invalid(mount, `subpath must be a relative path within the volume: ${subpath}`);
  }
  return clean;
}

function isPropagation(text: string): text is Propagation {
  return ["rprivate", "private", "rslave", "slave", "rshared", "shared"].includes(text);
}

function invalid(mount: Mount, why: string): TdockError {
  return new TdockError("invalid-argument", `invalid mount config for type "${mount.Type}": ${why}`);
}
