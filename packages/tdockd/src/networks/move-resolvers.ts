import type { Engine } from "../engine.ts";
import { wantsOwnResolver } from "./dns/own-resolver.ts";
import { updateNetworkFiles } from "./network-files.ts";

/** Gives running containers a DNS server inside them where the host's firewall has come to need it. Idempotent. */
export async function moveResolversInside({ networks }: Pick<Engine, "networks">): Promise<void> {
  const { sandboxes, nameServer } = networks;
  for (const before of sandboxes.list()) {
    if (before.hasOwnResolver === true || !wantsOwnResolver(networks, before)) continue;
    const after = { ...before, hasOwnResolver: true };
    sandboxes.put(after);
    await nameServer.serve(after);
    updateNetworkFiles({ networks }, before, after);
  }
}
