import { hostname } from "node:os";
import type { Engine } from "../engine.ts";
import { keptAddresses } from "../networks/kept-addresses.ts";
import { networkFilesOf } from "../networks/network-files.ts";
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
  const { hosts, hostname: hostnameFile, resolvConf } = networkFilesOf(engine, sandbox);
  const readonly = container.hostConfig.ReadonlyRootfs === true;
  const files: readonly [string, string][] = [
    [resolvConf, "/etc/resolv.conf"],
    [hostnameFile, "/etc/hostname"],
    [hosts, "/etc/hosts"],
  ];
  const taken = new Set(container.mounts.map(({ destination }) => destination));
  return files.flatMap(([source, destination]) =>
    taken.has(destination) ? [] : [fileMount(source, destination, readonly)],
  );
}
