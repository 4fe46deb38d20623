import type { ContainerInspectResponse, ContainerSummary, containerList } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Engine } from "../engine.ts";
import { networkSettings } from "../networks/network-settings.ts";
import { mountSummaries } from "../volumes/mount-summary.ts";
import { type Container, isAlive } from "./container.ts";
import { settingsRequest } from "./container-network.ts";
import { commandOf } from "./container-spec.ts";
import { containerFilter } from "./filter.ts";
import { containerSize } from "./size.ts";
import { statusText } from "./state.ts";

export type ListEngine = Pick<
  Engine,
  "config" | "containerd" | "containers" | "images" | "networks" | "now" | "volumes"
>;

/**
 * Containers, newest first: the running ones, with `all`, `limit` or a filter that speaks of others too, all.
 * Throws `invalid-argument` for an unknown filter or value.
 */
export async function listContainers(
  engine: ListEngine,
  input: Input<typeof containerList>,
): Promise<ContainerSummary[]> {
  const isWanted = await containerFilter(engine, input.filters);
  const all =
    input.all === true || (input.limit ?? 0) > 0 || ["status", "exited"].some((name) => input.filters?.[name]);
  const newestFirst = [...engine.containers.list()].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const shown = newestFirst.filter((container) => (all || isShownByDefault(container)) && isWanted(container));
  const limited = (input.limit ?? 0) > 0 ? shown.slice(0, input.limit) : shown;
  return Promise.all(limited.map((container) => summaryOf(engine, container, input.size === true)));
}

function isShownByDefault(container: Container): boolean {
  return isAlive(container) || container.status.kind === "restarting";
}

async function summaryOf(engine: ListEngine, container: Container, withSize: boolean): Promise<ContainerSummary> {
  const { config, hostConfig } = container;
  const settings = networkSettings(engine, settingsRequest(container));
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: config.Image ?? "",
    ImageID: container.imageId,
    ImageManifestDescriptor: container.manifest,
    Command: commandText(container),
    Created: Math.floor(Date.parse(container.createdAt) / 1000),
    Ports: portSummaries(settings.Ports ?? {}),
    ...(withSize && (await containerSize(engine, container))),
    Labels: config.Labels ?? {},
    State: container.status.kind,
    Status: statusText(container, engine.now()),
    HostConfig: { NetworkMode: hostConfig.NetworkMode ?? "bridge" },
    NetworkSettings: { Networks: settings.Networks ?? {} },
    Mounts: mountSummaries(container),
  } as ContainerSummary;
}

/** Published ports with where they are; exposed ones without. Nothing of what does not run. */
function portSummaries(
  ports: NonNullable<ContainerInspectResponse["NetworkSettings"]>["Ports"],
): ContainerSummary["Ports"] {
  return Object.entries(ports ?? {}).flatMap(([port, bindings]) => {
    const [number = "", Type = "tcp"] = port.split("/");
    // Of a range its first, and 0 of what is no port, as Docker.
    const PrivatePort = Number.parseInt(number, 10) || 0;
    if (!bindings?.length) return [{ PrivatePort, Type }];
    return bindings.map(({ HostIp, HostPort }) => ({
      IP: HostIp ?? "",
      PrivatePort,
      PublicPort: Number(HostPort),
      Type,
    }));
  }) as unknown as ContainerSummary["Ports"];
}

/** As Docker: words with spaces in them are quoted. */
function commandText({ config }: Container): string {
  return commandOf(config)
    .map((word) => (/\s/.test(word) ? `'${word}'` : word))
    .join(" ");
}
