import { type Entries, entry, hidden } from "./entry.ts";

/** Commands on the engine that stand at the top and in the group `system`. */
export const systemCommands: Entries = {
  events: entry("Get real time events from the server", async () => (await import("../commands/events.ts")).events),
  free: entry(
    "Make room on the disk: build cache, then images that nothing uses",
    async () => (await import("../commands/free.ts")).free,
  ),
  info: entry("Display system-wide information", async () => (await import("../commands/info.ts")).info),
};

export const systemDf = entry("Show disk usage", async () => (await import("../commands/system-df.ts")).systemDf);

export const systemPrune = entry(
  "Remove unused data",
  async () => (await import("../commands/system-prune.ts")).systemPrune,
);

/** Called by clients over SSH, not by people. */
export const systemDialStdio = hidden(
  entry("Proxy the stdio stream to the daemon", async () => (await import("../commands/dial-stdio.ts")).dialStdio),
);

/** Commands that belong to no group. */
export const plainCommands: Entries = {
  inspect: entry(
    "Return low-level information on objects",
    async () => (await import("../commands/inspect.ts")).inspect,
  ),
  login: entry("Authenticate to a registry", async () => (await import("../commands/login.ts")).login),
  logout: entry("Log out from a registry", async () => (await import("../commands/logout.ts")).logout),
  search: entry("Search Docker Hub for images", async () => (await import("../commands/search.ts")).search),
  version: entry("Show the version information", async () => (await import("../commands/version.ts")).version),
  "--version": hidden(
    entry("Print version information and quit", async () => (await import("../commands/version.ts")).shortVersion),
  ),
};
