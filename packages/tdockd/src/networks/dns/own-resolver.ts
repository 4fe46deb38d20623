import { closeSync } from "node:fs";
import { enterNamespace } from "../../host/netns.ts";
import { type Nft, withNft } from "../../host/nftables.ts";
import { type BoundPort, bindPort } from "../../host/port-socket.ts";
import { isUserDefined } from "../network.ts";
import type { Networks } from "../networks.ts";
import type { Sandbox } from "../sandbox.ts";
import { DnsListener, type Responder, type Transport } from "./listener.ts";

/** Where Docker's containers find their DNS server, which some images have written into their settings. */
export const ownResolverAddress = "127.0.0.11";
const table = "tdock-dns";

/**
 * Whether a container is to have its DNS server inside its own namespace: on networks of the user's, as in Docker, and
 * wherever the host's firewall could drop what goes to the host. It costs half a millisecond at each start, and each packet a little.
 */
export function wantsOwnResolver(
  { records, hostFirewall }: Pick<Networks, "records" | "hostFirewall">,
  { namespace, endpoints }: Pick<Sandbox, "namespace" | "endpoints">,
): boolean {
  if (namespace.kind !== "own") return false;
  const networks = endpoints.flatMap(({ networkId }) => records.find(networkId) ?? []);
  return networks.some(isUserDefined) || (networks.length > 0 && hostFirewall.mayDrop);
}

/**
 * Listens inside a container's namespace. Port 53 is left to the container, which may be a DNS server itself: its
 * queries to port 53 of this one address are led to ports of the kernel's choice.
 */
export async function openOwnResolver(path: string, respond: Responder): Promise<DnsListener> {
  const fds = enterNamespace(path, () =>
    withNft((nft) => {
      const isThere = nft.run("list tables ip").includes(table);
      return (isThere ? bindAgain(nft) : undefined) ?? bindAnew(nft, isThere);
    }),
  );
  return DnsListener.adopt(ownResolverAddress, fds, respond);
}

type PerTransport = Readonly<Record<Transport, number>>;

/**
 * At the ports that an earlier tdockd's rules lead to, if nobody has them: the kernel takes more than ten milliseconds
 * to take a rule away, for each container that runs when tdockd starts.
 */
function bindAgain(nft: Nft): PerTransport | undefined {
  const led = [...nft.run(`list table ip ${table}`).matchAll(leadingRule)];
  const { udp, tcp } = Object.fromEntries(led.map(([, transport = "", port]) => [transport, Number(port)]));
  if (led.length !== 2 || udp === undefined || tcp === undefined) return undefined;
  try {
    return descriptorsOf(bindBoth({ udp, tcp }));
  } catch {
    return undefined;
  }
}

const leadingRule = /^\s*ip daddr 127\.0\.0\.11 (udp|tcp) dport 53 dnat to 127\.0\.0\.11:(\d+)$/gm;

function bindAnew(nft: Nft, isThere: boolean): PerTransport {
  const bound = bindBoth({ udp: 0, tcp: 0 });
  try {
    if (isThere) nft.run(`delete table ip ${table}`);
    leadQueries(nft, { udp: bound.udp.port, tcp: bound.tcp.port });
  } catch (error) {
    for (const { fd } of [bound.udp, bound.tcp]) closeSync(fd);
    throw error;
  }
  return descriptorsOf(bound);
}

function bindBoth(ports: PerTransport): Readonly<Record<Transport, BoundPort>> {
  const udp = bindPort({ protocol: "udp", address: ownResolverAddress, port: ports.udp });
  try {
    return { udp, tcp: bindPort({ protocol: "tcp", address: ownResolverAddress, port: ports.tcp }) };
  } catch (error) {
    closeSync(udp.fd);
    throw error;
  }
}

function descriptorsOf({ udp, tcp }: Readonly<Record<Transport, BoundPort>>): PerTransport {
  return { udp: udp.fd, tcp: tcp.fd };
}

function leadQueries(nft: Nft, ports: PerTransport): void {
  nft.run(`table ip ${table} {
  chain output {
    type nat hook output priority -100; policy accept;
    ip daddr ${ownResolverAddress} udp dport 53 dnat to ${ownResolverAddress}:${ports.udp}
    ip daddr ${ownResolverAddress} tcp dport 53 dnat to ${ownResolverAddress}:${ports.tcp}
  }
}
`);
}
