import { type Entries, entry } from "./entry.ts";

/** Commands of the group `builder`. */
export const builderCommands: Entries = {
  build: entry("Build an image from a Dockerfile", async () => (await import("../commands/build.ts")).build),
  du: entry("Show what the build cache takes", async () => (await import("../commands/builder-du.ts")).builderDu),
  prune: entry("Remove build cache", async () => (await import("../commands/builder-prune.ts")).builderPrune),
};
