import { closeSync } from "node:fs";
import { enterNamespace } from "../../host/netns.ts";
import { type Nft, withNft } from "../../host/nftables.ts";
import { bindPort } from "../../host/port-socket.ts";
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
  const fds = enterNamespace(path, () => {
    const udp = bindPort({ protocol: "udp", address: ownResolverAddress, port: 0 });
    const tcp = bindPort({ protocol: "tcp", address: ownResolverAddress, port: 0 });
    try {
      withNft((nft) => leadQueries(nft, { udp: udp.port, tcp: tcp.port }));
    } catch (error) {
      for (const { fd } of [udp, tcp]) closeSync(fd);
      throw error;
    }
    return { udp: udp.fd, tcp: tcp.fd };
  });
  return DnsListener.adopt(ownResolverAddress, fds, respond);
}

/** To delete a table that an earlier tdockd left costs tens of milliseconds: only where there is one. */
function leadQueries(nft: Nft, ports: Readonly<Record<Transport, number>>): void {
  const isThere = nft.run("list tables ip").includes(table);
  nft.run(`${isThere ? `delete table ip ${table}\n` : ""}table ip ${table} {
  chain output {
    type nat hook output priority -100; policy accept;
    ip daddr ${ownResolverAddress} udp dport 53 dnat to ${ownResolverAddress}:${ports.udp}
    ip daddr ${ownResolverAddress} tcp dport 53 dnat to ${ownResolverAddress}:${ports.tcp}
  }
}
`);
}
