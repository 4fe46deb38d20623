import { containsAddress, isLoopback, parseCidr } from "../cidr.ts";
import type { Network } from "../network.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Upstream } from "./forward.ts";
import { ownResolverAddress } from "./own-resolver.ts";

/**
 * Whom a container's questions go to: the servers that it named, else the host's. A container whose networks are all
 * internal must not reach the outside by its questions either.
 */
export function upstreamsOf(
  client: Sandbox,
  networks: readonly Network[],
  hostServers: readonly string[],
): readonly Upstream[] {
  const named = namedServers(client, networks);
  const servers: readonly Upstream[] = named.length > 0 ? named : hostServers.map((server) => ({ server }));
  if (!networks.every(({ isInternal }) => isInternal)) return servers;
  const subnets = networks.flatMap((network) => network.subnets.map(({ subnet }) => parseCidr(subnet)));
  return servers.filter(
    ({ server, namespace }) =>
      (namespace !== undefined && isLoopback(server)) || subnets.some((subnet) => containsAddress(subnet, server)),
  );
}

/**
 * The DNS servers that a container named. What it calls 127.0.0.1 is inside it; and beside the host, as with macvlan,
 * it may have neighbours that the host does not reach.
 */
function namedServers({ dns, namespace }: Sandbox, networks: readonly Network[]): Upstream[] {
  const isBesideHost = networks.every(({ driver }) => driver !== "bridge");
  return dns.servers
    .filter((server) => server !== ownResolverAddress)
    .map((server) => {
      const isInside = namespace.kind === "own" && (isBesideHost || isLoopback(server));
      return isInside ? { server, namespace: namespace.path } : { server };
    });
}
