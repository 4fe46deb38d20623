import { TdockError } from "@tdock/errors/error";
import type { Logger } from "pino";
import { NameMemory } from "../egress/name-memory.ts";
import { openingsOf } from "../egress/openings.ts";
import type { Element } from "../element.ts";
import type { Firewall } from "../firewall.ts";
import type { Network } from "../network.ts";
import type { Endpoint, Sandbox } from "../sandbox.ts";
import type { SandboxStore } from "../sandbox-store.ts";
import type { NetworkStore } from "../store.ts";
import { answerLocally, encodeReply, rcode, readQuery } from "./answer.ts";
import { forwardQuery, type Upstream } from "./forward.ts";
import { HostResolvers } from "./host-resolvers.ts";
import { DnsListener, dnsPort, type Transport } from "./listener.ts";
import { sandboxAt } from "./lookup.ts";
import { openOwnResolver, ownResolverAddress } from "./own-resolver.ts";
import { upstreamsOf } from "./upstreams.ts";

/** How many queries of one container may wait for other servers; more are refused, so that none takes up all memory. */
const maxForwarded = 1024;

export interface NameServerParts {
  readonly records: NetworkStore;
  readonly sandboxes: SandboxStore;
  /** Gets the rules that lead queries to where this server had to listen instead of port 53. */
  readonly firewall: Firewall;
}

/**
 * The DNS server of all bridge networks: it listens on each one's gateway address while the network has containers,
 * answers the names of containers, and forwards the rest to the servers of the container or of the host.
 */
export class NameServer implements AsyncDisposable {
  /** What containers with `--egress log` were answered. */
  readonly names = new NameMemory();
  readonly #records: NetworkStore;
  readonly #sandboxes: SandboxStore;
  readonly #firewall: Firewall;
  readonly #log: Logger;
  readonly #hostResolvers = new HostResolvers();
  readonly #listeners = new Map<string, Promise<readonly DnsListener[]>>();
  /** By container. */
  readonly #inside = new Map<string, Promise<DnsListener>>();
  readonly #closing = new AbortController();
  /** By container. */
  readonly #forwarded = new Map<string, number>();

  constructor({ records, sandboxes, firewall }: NameServerParts, log: Logger) {
    this.#records = records;
    this.#sandboxes = sandboxes;
    this.#firewall = firewall;
    this.#log = log;
  }

  /** Listens on every bridge network of a container, and inside it where that is wanted. Its bridges must be there. */
  async serve(sandbox: Sandbox): Promise<void> {
    await Promise.all([
      ...sandbox.endpoints.map((endpoint) => this.#listenOn(endpoint.networkId)),
      this.#listenInside(sandbox),
    ]);
  }

  /** Stops listening where a container that went was the last. */
  async release({ containerId, endpoints }: Pick<Sandbox, "containerId" | "endpoints">): Promise<void> {
    if (this.#sandboxes.get(containerId) === undefined) {
      this.names.forget(containerId);
      await this.#closeInside(containerId);
    }
    for (const { networkId } of endpoints) {
      if (this.#sandboxes.membersOf(networkId).length === 0) await this.stop(networkId);
    }
  }

  async stop(networkId: string): Promise<void> {
    const listeners = this.#listeners.get(networkId);
    this.#listeners.delete(networkId);
    for (const listener of (await listeners?.catch(() => [])) ?? []) {
      await listener[Symbol.asyncDispose]();
      this.#firewall.remove(redirections(listener));
    }
  }

  /** Leaves port 53 of all bridges to a container that is to publish it: queries are led to other ports from here on. */
  async leaveDnsPort(): Promise<void> {
    for (const [networkId, opening] of [...this.#listeners]) {
      const network = this.#records.find(networkId);
      const listeners = await opening.catch(() => []);
      const isThere = listeners.some(({ ports }) => ports.udp === dnsPort || ports.tcp === dnsPort);
      if (network === undefined || !isThere) continue;
      const moved = await this.#open(network, 0);
      this.#listeners.set(networkId, Promise.resolve(moved));
      for (const listener of listeners) await listener[Symbol.asyncDispose]();
    }
  }

  /** The addresses a container asks at, best first; empty when none of its networks has a bridge. */
  addressesFor({ endpoints, hasOwnResolver }: Sandbox): string[] {
    if (hasOwnResolver === true) return [ownResolverAddress];
    for (const endpoint of byPriority(endpoints)) {
      const network = this.#records.find(endpoint.networkId);
      if (network?.driver === "bridge") return gatewaysOf(network, endpoint);
    }
    return [];
  }

  /** The rules that are in the firewall now. */
  async elements(): Promise<Element[]> {
    const listeners = await Promise.all([...this.#listeners.values()].map((one) => one.catch(() => [])));
    return listeners.flat().flatMap(redirections);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const networkId of [...this.#listeners.keys()]) await this.stop(networkId);
    for (const containerId of [...this.#inside.keys()]) await this.#closeInside(containerId);
  }

  async #listenOn(networkId: string): Promise<void> {
    const network = this.#records.find(networkId);
    if (network?.driver !== "bridge") return;
    const existing = this.#listeners.get(networkId);
    if (existing !== undefined) return void (await existing);
    const opening = this.#open(network);
    this.#listeners.set(networkId, opening);
    try {
      await opening;
    } catch (err) {
      // Containers without names are better than no containers.
      this.#listeners.delete(networkId);
      this.#log.error({ err, network: network.name }, "no DNS server on this network");
    }
  }

  async #listenInside({ containerId, namespace, hasOwnResolver }: Sandbox): Promise<void> {
    if (hasOwnResolver !== true || namespace.kind !== "own" || this.#inside.has(containerId)) return;
    const opening = openOwnResolver(namespace.path, (query, _, transport) =>
      this.#respondTo(this.#sandboxes.get(containerId), query, transport),
    );
    this.#inside.set(containerId, opening);
    await opening.catch((err) => this.#log.error({ err, id: containerId }, "no DNS server inside this container"));
  }

  async #closeInside(containerId: string): Promise<void> {
    const listener = this.#inside.get(containerId);
    this.#inside.delete(containerId);
    await (await listener?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #open(network: Network, port?: number): Promise<readonly DnsListener[]> {
    const gateways = network.subnets.flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]));
    const listeners = await Promise.all(
      gateways.map((gateway) =>
        DnsListener.open(gateway, (query, from, transport) => this.#respond(network, query, { from, transport }), port),
      ),
    );
    this.#firewall.add(listeners.flatMap(redirections));
    return listeners;
  }

  async #respond(
    network: Network,
    bytes: Buffer,
    { from, transport }: { from: string; transport: Transport },
  ): Promise<Buffer | undefined> {
    const client = sandboxAt(this.#sandboxes.membersOf(network.id), from);
    return this.#respondTo(client, bytes, transport, [network]);
  }

  /** Answers a container; a stranger, who is not served but for the names of `networks`. */
  async #respondTo(
    client: Sandbox | undefined,
    bytes: Buffer,
    transport: Transport,
    strangersNetworks: readonly Network[] = [],
  ): Promise<Buffer | undefined> {
    const query = readQuery(bytes, transport);
    if (query === undefined) return undefined;
    const networks = client === undefined ? strangersNetworks : this.#networksOf(client);
    const membersOf = (networkId: string) => this.#sandboxes.membersOf(networkId);
    const linksOf = (networkId: string) =>
      client?.endpoints.find((endpoint) => endpoint.networkId === networkId)?.settings.Links ?? [];
    try {
      const local = answerLocally({ networks, membersOf, linksOf }, query);
      if (local !== undefined) return local;
      if (client === undefined) return encodeReply(query, rcode.refused);
      return await this.#forward(client, bytes, transport);
    } catch (thrown) {
      this.#log.debug({ err: TdockError.from(thrown), name: query.question.name }, "DNS query failed");
      return encodeReply(query, rcode.serverFailure);
    }
  }

  async #forward(client: Sandbox, query: Buffer, transport: Transport): Promise<Buffer> {
    const { containerId } = client;
    const waiting = this.#forwarded.get(containerId) ?? 0;
    if (waiting >= maxForwarded) throw new TdockError("unavailable", "too many DNS queries at once");
    this.#forwarded.set(containerId, waiting + 1);
    try {
      const signal = this.#closing.signal;
      const reply = await forwardQuery({ query, servers: this.#serversFor(client), transport, signal });
      // Before the container knows the address, it may send there.
      if (client.egress?.isRestricted === true) this.#firewall.refresh(openingsOf(client, reply));
      if (client.egress?.isLogged === true) this.names.remember(client.containerId, reply);
      return reply;
    } finally {
      const left = (this.#forwarded.get(containerId) ?? 1) - 1;
      if (left > 0) this.#forwarded.set(containerId, left);
      else this.#forwarded.delete(containerId);
    }
  }

  #serversFor(client: Sandbox): readonly Upstream[] {
    return upstreamsOf(client, this.#networksOf(client), this.#hostResolvers.servers());
  }

  #networksOf({ endpoints }: Sandbox): Network[] {
    return byPriority(endpoints).flatMap(({ networkId }) => this.#records.find(networkId) ?? []);
  }
}

function byPriority(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...endpoints].sort((a, b) => b.gatewayPriority - a.gatewayPriority);
}

/** The gateways that the endpoint has an address to ask them from. */
function gatewaysOf(network: Network, endpoint: Endpoint): string[] {
  return network.subnets.flatMap(({ gateway }) => {
    if (gateway === undefined) return [];
    return (gateway.includes(":") ? endpoint.ipv6 : endpoint.ipv4) === undefined ? [] : [gateway];
  });
}

function redirections({ address, ports }: DnsListener): Element[] {
  const family = address.includes(":") ? 6 : 4;
  return (["udp", "tcp"] as const)
    .filter((transport) => ports[transport] !== dnsPort)
    .map((transport) => ({ set: `names${family}`, text: `${address} . ${transport} : ${ports[transport]}` }));
}
