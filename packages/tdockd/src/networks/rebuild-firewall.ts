import { presentChains } from "./device-chains.ts";
import { tableElements } from "./firewall.ts";
import type { Networks } from "./networks.ts";

/** Makes the nftables table anew from the records, but for a container that is about to go. */
export async function rebuildFirewall(networks: Networks, leaveOut = ""): Promise<void> {
  const redirections = await networks.nameServer.elements();
  const sandboxes = networks.sandboxes.list().filter(({ containerId }) => containerId !== leaveOut);
  const elements = [...tableElements(networks.records.list(), sandboxes), ...redirections];
  networks.firewall.rebuild(elements, presentChains(sandboxes));
}
