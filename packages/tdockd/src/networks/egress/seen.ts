import type { Networks } from "../networks.ts";
import type { Sandbox } from "../sandbox.ts";
import { containerAddresses } from "./rules.ts";

/** A place that a container with `--egress log` has sent to, or tried to. */
export interface SeenDestination {
  readonly address: string;
  /** Name by which the container found the address; empty when it asked for none. */
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/** Where a container has sent to since it started, as far as its policy has it remembered. */
export function seenDestinations({ firewall, nameServer }: Networks, sandbox: Sandbox): SeenDestination[] {
  if (sandbox.egress?.isLogged !== true) return [];
  const own = new Set(containerAddresses(sandbox.endpoints));
  return [4, 6]
    .flatMap((family) => firewall.elementsOf(`egress_seen${family}`))
    .map(({ text }) => text.split(" . "))
    .filter(([source = ""]) => own.has(source))
    .map(([, address = "", protocol = "", port = ""]) => ({
      address,
      name: nameServer.names.nameOf(sandbox.containerId, address) ?? "",
      protocol,
      port: Number(port),
    }));
}
