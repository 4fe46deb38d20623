import { type Entries, entry, hidden } from "./entry.ts";

const load = () => import("../commands/network.ts");
const loadConnect = () => import("../commands/network-connect.ts");
const ls = entry("List networks", async () => (await load()).networkLs);
const rm = entry("Remove one or more networks", async () => (await load()).networkRm);

export const networkCommands: Entries = {
  connect: entry("Connect a container to a network", async () => (await loadConnect()).networkConnectCommand),
  create: entry("Create a network", async () => (await import("../commands/network-create.ts")).networkCreateCommand),
  disconnect: entry(
    "Disconnect a container from a network",
    async () => (await loadConnect()).networkDisconnectCommand,
  ),
  inspect: entry(
    "Display detailed information on one or more networks",
    async () => (await load()).networkInspectCommand,
  ),
  ls,
  list: hidden(ls),
  prune: entry("Remove all unused networks", async () => (await import("../commands/prune.ts")).networkPruneCommand),
  rm,
  remove: hidden(rm),
};
