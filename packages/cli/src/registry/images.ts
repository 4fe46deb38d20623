import { type Entries, entry } from "./entry.ts";

/** Commands on images that stand at the top and in the group `image`. */
export const imageCommands: Entries = {
  build: entry("Build an image from a Dockerfile", async () => (await import("../commands/build.ts")).build),
  history: entry("Show the history of an image", async () => (await import("../commands/history.ts")).history),
  import: entry(
    "Import the contents from a tarball to create a filesystem image",
    async () => (await import("../commands/import.ts")).importImage,
  ),
  load: entry("Load an image from a tar archive or STDIN", async () => (await import("../commands/load.ts")).load),
  lock: entry(
    "Record in tdock.lock which digest each tag stands for",
    async () => (await import("../commands/lock.ts")).lock,
  ),
  pin: entry(
    "Keep images from prune, free and removal without force",
    async () => (await import("../commands/pin.ts")).pin,
  ),
  pull: entry("Download an image from a registry", async () => (await import("../commands/pull.ts")).pull),
  push: entry("Upload an image to a registry", async () => (await import("../commands/push.ts")).push),
  save: entry(
    "Save one or more images to a tar archive (streamed to STDOUT by default)",
    async () => (await import("../commands/save.ts")).save,
  ),
  tag: entry(
    "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    async () => (await import("../commands/tag.ts")).tag,
  ),
  unpin: entry("Take back the pin of images", async () => (await import("../commands/pin.ts")).unpin),
};

export const images = entry("List images", async () => (await import("../commands/images.ts")).images);
export const rmi = entry("Remove one or more images", async () => (await import("../commands/rmi.ts")).rmi);

/** Commands that only the group has. */
export const imageGroupCommands: Entries = {
  convert: entry(
    "Give an image a twin whose layers are compressed another way",
    async () => (await import("../commands/image-convert.ts")).imageConvertCommand,
  ),
  copy: entry(
    "Copy an image from one registry to another without pulling it",
    async () => (await import("../commands/image-copy.ts")).imageCopyCommand,
  ),
  inspect: entry(
    "Display detailed information on one or more images",
    async () => (await import("../commands/inspect.ts")).imageInspectCommand,
  ),
  prune: entry("Remove unused images", async () => (await import("../commands/prune.ts")).imagePruneCommand),
};
