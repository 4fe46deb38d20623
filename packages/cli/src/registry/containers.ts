import { type Entries, entry } from "./entry.ts";

export const containerCommands: Entries = {
  ps: entry("List containers", async () => (await import("../commands/ps.ts")).ps),
};
