import { TdockError } from "@tdock/errors/error";
import { findPortOwner } from "../host/port-owner.ts";
import { type HeldPort, holdPort } from "../host/port-socket.ts";
import { errnoName } from "../host/system-error.ts";
import type { PortRequest } from "./port-request.ts";
import type { PublishedPort } from "./sandbox.ts";
import type { SandboxStore } from "./sandbox-store.ts";

export interface HostPortsRequest {
  readonly containerId: string;
  readonly containerName: string;
  readonly requests: readonly PortRequest[];
  /** Families that the container can be reached by. */
  readonly families: readonly (4 | 6)[];
  /** Address of requests that name none, per family: 0.0.0.0 and :: unless the network says otherwise. */
  readonly defaultAddress: Readonly<Record<4 | 6, string>>;
}

/** How often a port of the kernel's choice is tried again when it is free in one family only. */
const freeChoices = 32;

/**
 * The ports of the host that containers have. Each is held by a socket that is bound but does not listen: no other
 * process can take it, the kernel says at once if one has, and packets never reach it because the rules of the
 * nftables table redirect them first.
 */
export class HostPorts {
  readonly #sandboxes: SandboxStore;
  readonly #held = new Map<string, HeldPort[]>();

  constructor(sandboxes: SandboxStore) {
    this.#sandboxes = sandboxes;
  }

  /**
   * Takes every port of the request or none. Throws `conflict`, reason `port-in-use`, when somebody has one of them,
   * and names the owner; `invalid-argument` for an address that the host or the container does not have.
   */
  async take(request: HostPortsRequest): Promise<PublishedPort[]> {
    const held: HeldPort[] = [];
    try {
      const ports: PublishedPort[] = [];
      for (const one of request.requests) {
        const taken = this.#takeOne(one, request, held);
        if (taken instanceof PortTaken) throw await this.#refusal(request, taken.port);
        ports.push(...taken);
      }
      if (held.length > 0) this.#held.set(request.containerId, held);
      return ports;
    } catch (error) {
      for (const port of held) port[Symbol.dispose]();
      throw error;
    }
  }

  /** Takes again what a container already publishes, after a restart of tdockd. Answers what others took meanwhile. */
  adopt(containerId: string, ports: readonly PublishedPort[]): PublishedPort[] {
    const held: HeldPort[] = [];
    const lost = ports.filter((port) => !this.#hold(port, held));
    if (held.length > 0) this.#held.set(containerId, held);
    return lost;
  }

  /** Lets go of all ports of a container. Idempotent. */
  release(containerId: string): void {
    for (const port of this.#held.get(containerId) ?? []) port[Symbol.dispose]();
    this.#held.delete(containerId);
  }

  /** One port number for all addresses of the request. */
  #takeOne(one: PortRequest, request: HostPortsRequest, held: HeldPort[]): PublishedPort[] | PortTaken {
    const addresses = addressesOf(one, request);
    let refused: PortTaken | undefined;
    for (const hostPort of candidates(one)) {
      const mark = held.length;
      const ports = this.#takeNumber(one, addresses, hostPort, held);
      if (!(ports instanceof PortTaken)) return ports;
      refused = ports;
      for (const port of held.splice(mark)) port[Symbol.dispose]();
    }
    return refused ?? [];
  }

  #takeNumber(
    { protocol, containerPort }: PortRequest,
    addresses: readonly string[],
    wanted: number,
    held: HeldPort[],
  ): PublishedPort[] | PortTaken {
    const ports: PublishedPort[] = [];
    let hostPort = wanted;
    for (const hostIp of addresses) {
      const port = { protocol, containerPort, hostIp, hostPort };
      if (!this.#hold(port, held)) return new PortTaken(port);
      hostPort = held.at(-1)?.port ?? hostPort;
      ports.push({ ...port, hostPort });
    }
    return ports;
  }

  /** Not all kernels have SCTP sockets: of its ports only those of containers are known. */
  #hold(port: PublishedPort, held: HeldPort[]): boolean {
    if (port.protocol === "sctp") return this.#findContainer(port) === undefined;
    try {
      held.push(holdPort({ protocol: port.protocol, address: port.hostIp, port: port.hostPort }));
      return true;
    } catch (error) {
      if (errnoName(error) === "EADDRINUSE") return false;
      if (errnoName(error) !== "EADDRNOTAVAIL") throw error;
      const message = `cannot publish on ${port.hostIp}: the host does not have this address`;
      throw new TdockError("invalid-argument", message, { cause: error });
    }
  }

  async #refusal({ containerName }: HostPortsRequest, port: PublishedPort): Promise<TdockError> {
    const container = this.#findContainer(port);
    const owner =
      container === undefined ? await processWith(port) : `port is already allocated to container ${container}`;
    const where = port.hostIp.includes(":") ? `[${port.hostIp}]` : port.hostIp;
    const message =
      `driver failed programming external connectivity on endpoint ${containerName}: ` +
      `Bind for ${where}:${port.hostPort} failed: ${owner}`;
    return new TdockError("conflict", message, { reason: "port-in-use" });
  }

  /** The name of the container that has this port in a way that excludes the wanted one. */
  #findContainer(wanted: PublishedPort): string | undefined {
    return this.#sandboxes.list().find(({ ports }) => ports.some((port) => excludes(port, wanted)))?.containerName;
  }
}

/** Not an error yet: the next number of a range may be free. */
class PortTaken {
  readonly port: PublishedPort;

  constructor(port: PublishedPort) {
    this.port = port;
  }
}

function* candidates({ protocol, containerPort, hostPorts }: PortRequest): Generator<number> {
  if (hostPorts !== undefined) {
    for (let port = hostPorts.from; port <= hostPorts.to; port += 1) yield port;
    return;
  }
  // The kernel cannot choose where it has no socket.
  for (let i = 0; i < freeChoices; i += 1) yield protocol === "sctp" ? 32768 + ((containerPort + i) % 28000) : 0;
}

function addressesOf({ hostIp, ...port }: PortRequest, { families, defaultAddress }: HostPortsRequest): string[] {
  if (hostIp === "") return families.map((family) => defaultAddress[family]);
  const family = familyOf(hostIp);
  if (families.includes(family)) return [hostIp];
  const message = `cannot publish port ${port.containerPort}/${port.protocol} on ${hostIp}: the container has no IPv${family} address`;
  throw new TdockError("invalid-argument", message);
}

async function processWith({ protocol, hostPort }: PublishedPort): Promise<string> {
  const owner = protocol === "sctp" ? undefined : await findPortOwner(protocol, hostPort);
  if (owner === undefined) return "port is already in use";
  if (owner.pid === process.pid) return "port is already allocated to another container";
  return `port is already in use by ${owner.command} (pid ${owner.pid})`;
}

function excludes(a: PublishedPort, b: PublishedPort): boolean {
  if (a.protocol !== b.protocol || a.hostPort !== b.hostPort || familyOf(a.hostIp) !== familyOf(b.hostIp)) return false;
  return a.hostIp === b.hostIp || isWildcard(a.hostIp) || isWildcard(b.hostIp);
}

function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
