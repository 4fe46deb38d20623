import { type Entries, entry } from "./entry.ts";

/** Commands on images that stand at the top and in the group `image`. */
export const imageCommands: Entries = {
  build: entry("Build an image from a Dockerfile", async () => (await import("../commands/build.ts")).build),
  history: entry("Show the history of an image", async () => (await import("../commands/history.ts")).history),
  pull: entry("Download an image from a registry", async () => (await import("../commands/pull.ts")).pull),
  tag: entry(
    "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    async () => (await import("../commands/tag.ts")).tag,
  ),
};

export const images = entry("List images", async () => (await import("../commands/images.ts")).images);
export const rmi = entry("Remove one or more images", async () => (await import("../commands/rmi.ts")).rmi);

/** Commands that only the group has. */
export const imageGroupCommands: Entries = {
  inspect: entry(
    "Display detailed information on one or more images",
    async () => (await import("../commands/inspect.ts")).imageInspectCommand,
  ),
  prune: entry("Remove unused images", async () => (await import("../commands/prune.ts")).imagePruneCommand),
};
