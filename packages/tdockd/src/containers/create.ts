import { randomBytes } from "node:crypto";
import type { ContainerCreateBody, ContainerCreateResponse, containerCreate } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import type { HostConfig } from "@tdock/api/host-config";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { prepareImageRoot } from "../images/ensure-unpacked.ts";
import type { ImageRecord } from "../images/store.ts";
import { checkEndpoints } from "../networks/check-endpoints.ts";
import { removeRootfs } from "../runtime/rootfs.ts";
import { supportedLimits } from "../runtime/supported-limits.ts";
import { releaseMountPoints } from "../volumes/release.ts";
import { resolveMountPoints } from "../volumes/resolve-mount-points.ts";
import { allOrNone } from "./all-or-none.ts";
import { checkConfig } from "./check-config.ts";
import { checkHostConfig } from "./check-host-config.ts";
import { checkNetworkMode } from "./check-network-mode.ts";
import type { Container } from "./container.ts";
import { containerEvent } from "./event.ts";
import { mergeConfig } from "./merge-config.ts";
import { checkName, generateName } from "./name.ts";
import { populateVolumes } from "./populate-volumes.ts";

type CreateEngine = Pick<
  Engine,
  | "arrivalLease"
  | "arrivals"
  | "arrivingFolder"
  | "blobs"
  | "config"
  | "containers"
  | "containerd"
  | "disk"
  | "events"
  | "images"
  | "layers"
  | "log"
  | "networks"
  | "now"
  | "registry"
  | "security"
  | "unsynced"
  | "volumes"
>;

/**
 * Makes a container whole or not at all: record, root, volumes. Throws `not-found` for an unknown image, `conflict` for
 * a name in use, `invalid-argument` for settings that cannot be.
 */
export async function createContainer(
  engine: CreateEngine,
  input: Input<typeof containerCreate>,
): Promise<ContainerCreateResponse> {
  const { HostConfig: askedHost, NetworkingConfig: networking, ...asked } = input.body;
  if (!asked.Image) throw new TdockError("invalid-argument", "no image specified in the container's configuration");
  checkNetworkMode(asked, askedHost ?? {});
  const { host: hostConfig, warnings } = supportedLimits(completeHostConfig(askedHost ?? {}));
  await checkHostConfig(hostConfig, engine.security);
  const image = await engine.images.resolve(asked.Image, input.platform);
  const config = mergeConfig(asked, image.config);
  checkConfig(config);

  const id = randomBytes(32).toString("hex");
  const name = input.name ? checkName(input.name) : generateName((taken) => engine.containers.isNameTaken(taken));
  const hostname = config.Hostname || (hostConfig.NetworkMode === "host" ? "" : id.slice(0, 12));
  const endpoints = endpointsOf(input.body, hostConfig);
  await asBadRequest(() => checkEndpoints(engine, { hostConfig, endpoints }));

  const draft: Container = {
    id,
    name,
    createdAt: engine.now().toISOString(),
    imageId: image.id,
    manifest: image.manifestBlob,
    platform: { os: image.os, architecture: image.architecture, variant: image.variant },
    parentSnapshot: image.chainId,
    config: { ...config, Hostname: hostname, Image: asked.Image },
    hostConfig,
    endpoints,
    mounts: [],
    status: { kind: "created" },
    restartCount: 0,
    stoppedByUser: false,
  };
  await makeContainer(engine, draft, image);
  containerEvent(engine, engine.containers.get(id), "create");
  return { Id: id, Warnings: [...warnings, ...warningsOf(hostConfig)] };
}

/** The record is what makes a container exist, so it is written last; until then every step can be undone. */
async function makeContainer(engine: CreateEngine, draft: Container, image: ImageRecord): Promise<void> {
  const { id } = draft;
  engine.containers.reserveName(draft.name, id);
  try {
    const [rootfs, mounts] = await allOrNone([
      prepareImageRoot(engine, id, image),
      asBadRequest(() =>
        resolveMountPoints(engine, { containerId: id, config: draft.config, hostConfig: draft.hostConfig }),
      ),
    ]);
    const container = { ...draft, mounts };
    await populateVolumes(engine, container, rootfs);
    // The record outlives a power cut, and so must what it stands on.
    await engine.unsynced.settled(image.target.digest);
    await engine.containers.create(container);
  } catch (thrown) {
    engine.containers.hide(id);
    engine.containers.releaseName(draft.name, id);
    await releaseMountPoints(engine, { containerId: id, removeAnonymous: true }).catch(() => {});
    await removeRootfs(engine.containerd, id).catch(() => {});
    throw thrown;
  }
}

/** Of what is not found, only the image may be a 404: clients then pull it and try again. */
async function asBadRequest<T>(act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
    throw new TdockError("invalid-argument", thrown.message, { cause: thrown, reason: thrown.reason });
  }
}

/** What clients expect to read back in `inspect` when they left it out. */
function completeHostConfig(host: HostConfig): HostConfig {
  return {
    ...host,
    NetworkMode: !host.NetworkMode || host.NetworkMode === "default" ? "bridge" : host.NetworkMode,
    IpcMode: host.IpcMode || "private",
    ShmSize: host.ShmSize || 64 * 1024 * 1024,
    RestartPolicy: {
      Name: host.RestartPolicy?.Name || "no",
      MaximumRetryCount: host.RestartPolicy?.MaximumRetryCount ?? 0,
    },
    LogConfig: { Type: host.LogConfig?.Type ?? "", Config: host.LogConfig?.Config ?? {} },
    Runtime: host.Runtime || "runc",
  };
}

/** Networks by name: those of the request, and the one that the network mode names. */
function endpointsOf(body: ContainerCreateBody, host: HostConfig): Record<string, EndpointSettings> {
  const result: Record<string, EndpointSettings> = Object.create(null);
  const given = body.NetworkingConfig?.EndpointsConfig ?? {};
  const mode = host.NetworkMode ?? "bridge";
  if (mode !== "none" && mode !== "host" && !mode.startsWith("container:")) result[mode] = {};
  for (const [network, endpoint] of Object.entries(given)) {
    result[network === "default" ? "bridge" : network] = endpoint ?? {};
  }
  if (body.MacAddress && result[mode] !== undefined) result[mode] = { MacAddress: body.MacAddress, ...result[mode] };
  return result;
}

function warningsOf(host: HostConfig): string[] {
  const warnings: string[] = [];
  if (host.KernelMemoryTCP) warnings.push("Specifying a kernel memory TCP limit is deprecated.");
  if (host.NetworkMode === "host" && Object.keys(host.PortBindings ?? {}).length > 0)
    warnings.push("Published ports are discarded when using host network mode");
  if (host.Links?.length)
    warnings.push("--link is a legacy feature and is ignored: containers of a network find each other by name.");
  return warnings;
}
