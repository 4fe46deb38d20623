import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import type { HostConfig } from "@tdock/api/host-config";
import type { Network } from "./network.ts";

/** What `openSandbox` needs to know of a container. */
export interface SandboxRequest {
  readonly containerId: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly hostname: string;
  readonly domainname: string;
  /** NetworkMode, ports, DNS and extra hosts are read. `container:` must name a full id. */
  readonly hostConfig: HostConfig;
  /** Network name or id -> how the container joins it. */
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
  /** Ports of the image and of `--expose`. */
  readonly exposedPorts: readonly string[];
  /** Addresses of a network that are other containers', though these do not run. */
  readonly keptAddresses?: (network: Network) => ReadonlySet<string>;
  /** The container's folder on disk; `hosts`, `hostname` and `resolv.conf` are written there. */
  readonly folder: string;
}

/** What HostConfig.NetworkMode means. */
export type NetworkMode =
  | { readonly kind: "host" }
  | { readonly kind: "none" }
  | { readonly kind: "container"; readonly containerId: string }
  | { readonly kind: "networks" };

export function networkModeOf(hostConfig: HostConfig): NetworkMode {
  const mode = hostConfig.NetworkMode ?? "bridge";
  if (mode === "host") return { kind: "host" };
  if (mode === "none") return { kind: "none" };
  if (mode.startsWith("container:")) return { kind: "container", containerId: mode.slice("container:".length) };
  return { kind: "networks" };
}
