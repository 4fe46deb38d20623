import type { ContainerConfig } from "@tdock/api/container-config";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type AnonymousEngine, anonymousVolume } from "./anonymous-volume.ts";
import { createVolume } from "./create.ts";
import { checkDestination, checkSystemPlace } from "./destination.ts";
import type { MountPoint } from "./mount-point.ts";
import { type Bind, parseBind } from "./parse-bind.ts";
import { mountPointOf } from "./parse-mount.ts";
import { tmpfsPoint } from "./tmpfs.ts";
import { checkVolumeName } from "./volume.ts";
import { volumesFrom } from "./volumes-from.ts";

type ResolveEngine = AnonymousEngine & Pick<Engine, "containers" | "images">;

export interface MountRequest {
  readonly containerId: string;
  /** Volumes of the image and of `-v /path`, as Docker's command sends it; others put the path among the binds. */
  readonly config: Pick<ContainerConfig, "Volumes">;
  readonly hostConfig: HostConfig;
}

/**
 * Everything that is to be mounted into a container, volumes made where they are missing. The volumes count as used by
 * the container from here on; `releaseMountPoints` ends that. Order as Docker's: `--volumes-from`, `-v`, `--mount`,
 * `--tmpfs`; a volume of the image gives way to each. Throws `invalid-argument`, `not-found`.
 */
export async function resolveMountPoints(engine: ResolveEngine, request: MountRequest): Promise<MountPoint[]> {
  const { hostConfig } = request;
  const points = new Map<string, MountPoint>();
  for (const point of volumesFrom(engine, hostConfig.VolumesFrom ?? [])) {
    if (point.kind === "volume") engine.volumes.hold(request.containerId, point.name);
    points.set(point.destination, point);
  }
  for (const point of await explicitPoints(engine, request)) points.set(point.destination, point);
  for (const path of [...Object.keys(request.config.Volumes ?? {}), ...(hostConfig.Binds ?? []).filter(isAnonymous)]) {
    const destination = checkDestination(path, path);
    if (!points.has(destination))
      points.set(destination, await anonymousVolume(engine, request.containerId, destination));
  }
  const result = [...points.values()];
  if (hostConfig.Privileged !== true) for (const { destination } of result) checkSystemPlace(destination);
  return result;
}

/** A path in the container alone. */
function isAnonymous(bind: string): boolean {
  return bind.startsWith("/") && !bind.includes(":");
}

/** What the user wrote down. Throws `invalid-argument` when two want the same place. */
async function explicitPoints(engine: ResolveEngine, request: MountRequest): Promise<MountPoint[]> {
  const { hostConfig, containerId } = request;
  const binds = (hostConfig.Binds ?? []).filter((bind) => !isAnonymous(bind)).map(parseBind);
  const places = [
    ...binds.map(({ destination }) => destination),
    ...(hostConfig.Mounts ?? []).map(({ Target }) => checkDestination(Target, Target)),
    ...Object.keys(hostConfig.Tmpfs ?? {}).map((path) => checkDestination(path, path)),
  ];
  const twice = places.find((place, i) => places.indexOf(place) !== i);
  if (twice !== undefined) throw new TdockError("invalid-argument", `Duplicate mount point: ${twice}`);

  const points: MountPoint[] = [];
  for (const bind of binds) points.push(await pointOfBind(engine, request, bind));
  for (const mount of hostConfig.Mounts ?? []) points.push(await mountPointOf(engine, containerId, mount));
  for (const [path, options] of Object.entries(hostConfig.Tmpfs ?? {})) points.push(tmpfsPoint(path, options));
  return points;
}

async function pointOfBind(engine: ResolveEngine, request: MountRequest, bind: Bind): Promise<MountPoint> {
  const { source, destination, mode, isReadOnly } = bind;
  const place = { destination, mode, isReadOnly };
  if (source.startsWith("/")) {
    const propagation = bind.propagation ?? "rprivate";
    if (bind.idMap !== undefined && !propagation.endsWith("private")) {
      throw new TdockError("invalid-argument", `invalid mode: ${mode}: idmap cannot follow the host's mounts`);
    }
    return {
      kind: "bind",
      source,
      propagation,
      isNonRecursive: false,
      recursiveReadOnly: "best",
      mustExist: false,
      ...(bind.idMap !== undefined && { idMap: bind.idMap }),
      ...place,
    };
  }
  if (bind.idMap !== undefined) {
    throw new TdockError("invalid-argument", `invalid mode: ${mode}: idmap is for folders of the host`);
  }
  if (bind.propagation !== undefined) throw new TdockError("invalid-argument", `invalid mode: ${mode}`);
  const name = checkVolumeName(source);
  const driver = request.hostConfig.VolumeDriver || "local";
  engine.volumes.hold(request.containerId, name);
  const volume = await createVolume(engine, { name, driver, options: {}, labels: {} });
  return {
    kind: "volume",
    name: volume.name,
    driver: volume.driver,
    source: engine.volumes.dataFolder(volume.name),
    subpath: "",
    isNoCopy: bind.isNoCopy,
    isAnonymous: false,
    ...place,
  };
}
