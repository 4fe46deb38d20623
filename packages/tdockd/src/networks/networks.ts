import { join } from "node:path";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { BridgeClaim } from "../host/bridge-claim.ts";
import { keepPlacesForNft } from "../host/nftables.ts";
import { NameServer } from "./dns/name-server.ts";
import { Firewall } from "./firewall.ts";
import { HostFirewall } from "./host-firewall/host-firewall.ts";
import { HostPorts } from "./host-ports.ts";
import { SandboxStore } from "./sandbox-store.ts";
import { NetworkStore } from "./store.ts";

/** The parts that make up networking; one member of the Engine. */
export interface Networks {
  readonly records: NetworkStore;
  readonly sandboxes: SandboxStore;
  readonly ports: HostPorts;
  readonly firewall: Firewall;
  readonly nameServer: NameServer;
  readonly hostFirewall: HostFirewall;
  readonly claim: BridgeClaim;
}

/**
 * Claims the bridge, reads what is on disk and touches nothing else; `recoverNetworks` then brings the kernel in line.
 * Throws `conflict` when the bridge is another tdockd's.
 */
export async function openNetworks(config: Config, log: Logger): Promise<Networks> {
  const claim = new BridgeClaim(config.bridge);
  claim.hold();
  const records = await NetworkStore.open(join(config.dataRoot, "networks"), log);
  const sandboxes = SandboxStore.open(join(config.execRoot, "sandboxes"), log);
  const firewall = new Firewall(config.nftTable);
  keepPlacesForNft();
  const nameServer = new NameServer({ records, sandboxes, firewall }, log);
  const hostFirewall = new HostFirewall(records, { ownTable: config.nftTable, mode: config.hostFirewall });
  return { records, sandboxes, ports: new HostPorts(sandboxes), firewall, nameServer, hostFirewall, claim };
}
