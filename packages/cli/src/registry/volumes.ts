import { type Entries, entry, hidden } from "./entry.ts";

const load = () => import("../commands/volume.ts");
const ls = entry("List volumes", async () => (await load()).volumeLs);
const rm = entry("Remove one or more volumes", async () => (await load()).volumeRm);

export const volumeCommands: Entries = {
  clone: entry("Create a volume with the files of another", async () => (await load()).volumeCloneCommand),
  create: entry("Create a volume", async () => (await load()).volumeCreateCommand),
  export: entry("Write a volume's files as a tar archive", async () => (await load()).volumeExportCommand),
  import: entry("Unpack a tar archive into a volume", async () => (await load()).volumeImportCommand),
  inspect: entry(
    "Display detailed information on one or more volumes",
    async () => (await import("../commands/inspect.ts")).volumeInspectCommand,
  ),
  ls,
  list: hidden(ls),
  prune: entry("Remove unused local volumes", async () => (await import("../commands/prune.ts")).volumePruneCommand),
  rm,
  remove: hidden(rm),
};
