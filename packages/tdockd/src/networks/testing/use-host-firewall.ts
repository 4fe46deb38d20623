import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import { afterEach } from "vitest";
import { healNetworks } from "../heal.ts";
import { askTcp, openContainer } from "./containers.ts";
import type { UsedHost } from "./use-private-host.ts";

/** The rules of a host's administrator, gone after each test, and a container whose port 80 is the host's 8080. */
export function useHostFirewall(host: UsedHost) {
  afterEach(async () => {
    for (const family of ["inet", "ip"]) host.nft.run(`add table ${family} filter\ndelete table ${family} filter`);
    await healNetworks(host.engine);
  });
  return {
    /** Writes an input chain, and tdockd notices. */
    setFirewall: async (policy: string, ...rules: string[]): Promise<void> => {
      const sets = "set admins { type ipv4_addr; flags interval; elements = { 198.51.100.0/25 }; }";
      // A map of pairs to pairs: nft prints what it then does not read.
      const maps = "map moved { type inet_service : ipv4_addr . inet_service; }";
      const chain = `chain input { type filter hook input priority 0; policy ${policy};\n${rules.join("\n")}\n}`;
      host.nft.run(`table inet filter {\n${sets}\n${maps}\nchain common { tcp dport 8080 accept\n}\n${chain}\n}`);
      await healNetworks(host.engine);
    },
    openWeb: (endpoints: Record<string, EndpointSettings> = { bridge: {} }) =>
      openContainer(host, "web", { endpoints, hostConfig: { PortBindings: { "80/tcp": [{ HostPort: "8080" }] } } }),
    /** Whether the port answers somebody outside. */
    isOpen: async () => (await askTcp(host.outside, "198.51.100.2", 8080)) !== "",
  };
}
