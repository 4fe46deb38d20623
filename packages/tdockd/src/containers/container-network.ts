import { existsSync } from "node:fs";
import { hostname } from "node:os";
import type { Engine } from "../engine.ts";
import { keptAddresses } from "../networks/kept-addresses.ts";
import { type NetworkFiles, networkFilesIn, networkFilesOf } from "../networks/network-files.ts";
import type { NetworkSettingsRequest } from "../networks/network-settings.ts";
import type { Sandbox } from "../networks/sandbox.ts";
import type { SandboxRequest } from "../networks/sandbox-request.ts";
import { fileMount } from "../runtime/spec/mounts.ts";
import type { OciMount } from "../runtime/spec/oci.ts";
import type { NamespaceSource } from "../runtime/spec/spec.ts";
import type { Container } from "./container.ts";
import { joinedContainer } from "./modes.ts";

/** What networking is asked to make for a container's next run. */
export function sandboxRequest(engine: Pick<Engine, "containers">, container: Container): SandboxRequest {
  const { id, name, config, hostConfig, endpoints } = container;
  const joined = joinedContainer(hostConfig.NetworkMode);
  const other = joined === undefined ? undefined : engine.containers.get(joined);
  const networkMode = other === undefined ? hostConfig.NetworkMode : `container:${other.id}`;
  return {
    containerId: id,
    name,
    hostname:
      other?.config.Hostname || config.Hostname || (hostConfig.NetworkMode === "host" ? hostname() : id.slice(0, 12)),
    domainname: config.Domainname ?? "",
    hostConfig: { ...hostConfig, NetworkMode: networkMode },
    endpoints,
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    keptAddresses: (network) => keptAddresses(engine, network, id),
    folder: engine.containers.folderOf(id),
  };
}

/** What is asked of networking to show a container's settings. */
export function settingsRequest({ id, endpoints, config, hostConfig }: Container): NetworkSettingsRequest {
  const exposedPorts = Object.keys(config.ExposedPorts ?? {});
  return { containerId: id, networkMode: hostConfig.NetworkMode, endpoints, exposedPorts };
}

export function networkNamespace({ namespace }: Sandbox): NamespaceSource {
  return namespace.kind === "host" ? "host" : { path: namespace.path };
}

/** /etc/hosts, /etc/hostname and /etc/resolv.conf, unless the user mounts something of his own there. */
export function networkFileMounts(
  engine: Pick<Engine, "networks">,
  container: Container,
  sandbox: Sandbox,
): OciMount[] {
  return fileMounts(container, networkFilesOf(engine, sandbox));
}

/** Those of a container that does not run, as its last run has left them; none when it never ran. */
export function keptNetworkFileMounts({ containers }: Pick<Engine, "containers">, container: Container): OciMount[] {
  const joined = joinedContainer(container.hostConfig.NetworkMode);
  const owner = joined === undefined ? container : containers.find(joined);
  if (owner === undefined || !hasRun(container)) return [];
  const files = networkFilesIn(containers.folderOf(owner.id));
  return fileMounts(container, files).filter(({ source }) => existsSync(source));
}

function fileMounts({ hostConfig, mounts }: Container, files: NetworkFiles): OciMount[] {
  const readonly = hostConfig.ReadonlyRootfs === true;
  const places: readonly [string, string][] = [
    [files.resolvConf, "/etc/resolv.conf"],
    [files.hostname, "/etc/hostname"],
    [files.hosts, "/etc/hosts"],
  ];
  const taken = new Set(mounts.map(({ destination }) => destination));
  return places.flatMap(([source, destination]) =>
    taken.has(destination) ? [] : [fileMount(source, destination, readonly)],
  );
}

function hasRun({ status }: Container): boolean {
  return status.kind !== "created";
}
