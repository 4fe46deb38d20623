import { type Entries, entry } from "./entry.ts";

export const containerCommands: Entries = {
  create: entry("Create a new container", async () => (await import("../commands/create.ts")).create),
  ps: entry("List containers", async () => (await import("../commands/ps.ts")).ps),
  run: entry("Create and run a new container from an image", async () => (await import("../commands/run.ts")).run),
};
