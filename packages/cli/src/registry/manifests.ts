import { type Entries, entry } from "./entry.ts";

const loadPush = () => import("../commands/manifest-push.ts");

/** Commands on indexes in registries. */
export const manifestCommands: Entries = {
  annotate: entry(
    "Add additional information to a local image manifest",
    async () => (await import("../commands/manifest-annotate.ts")).manifestAnnotate,
  ),
  create: entry(
    "Create a local manifest list for annotating and pushing to a registry",
    async () => (await import("../commands/manifest-create.ts")).manifestCreate,
  ),
  inspect: entry(
    "Display an image manifest, or manifest list",
    async () => (await import("../commands/manifest-inspect.ts")).manifestInspect,
  ),
  push: entry("Push a manifest list to a repository", async () => (await loadPush()).manifestPush),
  rm: entry("Delete one or more manifest lists from local storage", async () => (await loadPush()).manifestRm),
};
