import type { Engine } from "../engine.ts";
import { plainAddress } from "../host/netlink/address-bytes.ts";
import type { Network } from "./network.ts";

/**
 * Addresses of a network that other containers ask for with each start, running or not: nobody else is given them, or
 * after a reboot the order of starts would decide who gets his own.
 */
export function keptAddresses(
  { containers }: Pick<Engine, "containers">,
  { id, name, hasOwnSubnets }: Network,
  containerId: string,
): ReadonlySet<string> {
  if (!hasOwnSubnets) return new Set();
  const others = containers.list().filter((container) => container.id !== containerId);
  const wanted = others.flatMap(({ endpoints }) => {
    const { IPAMConfig: ipam } = endpoints[name] ?? endpoints[id] ?? {};
    return [ipam?.IPv4Address, ipam?.IPv6Address];
  });
  return new Set(wanted.flatMap((address) => (address ? [plainAddress(address)] : [])));
}
