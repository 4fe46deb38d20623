import { type Entries, entry } from "./entry.ts";

/** Commands of the group `builder`. */
export const builderCommands: Entries = {
  build: entry("Build an image from a Dockerfile", async () => (await import("../commands/build.ts")).build),
  du: entry("Show what the build cache takes", async () => (await import("../commands/builder-du.ts")).builderDu),
  prune: entry("Remove build cache", async () => (await import("../commands/builder-prune.ts")).builderPrune),
};

/** Those of Docker's plug-in buildx that scripts and editors call, with the builder that there is. */
export const buildxCommands: Entries = {
  ...builderCommands,
  version: entry(
    "Show which buildx this answers as",
    async () => (await import("../commands/buildx-version.ts")).buildxVersion,
  ),
};
