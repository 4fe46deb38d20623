import type { Engine } from "../engine.ts";
import type { Removable } from "../system/free-plan.ts";
import { type ImageRecord, targetKey } from "./image.ts";
import { layerParts, type Parts, storedBlobs } from "./image-parts.ts";
import { imagesInUse } from "./images-in-use.ts";
import { formatName } from "./names.ts";
import { deleteImage } from "./remove.ts";

type RemovableEngine = Pick<
  Engine,
  "blobs" | "builds" | "containerd" | "containers" | "events" | "images" | "lastUse" | "layerSizes"
>;

/** Images as `free` sees them. */
export interface RemovableImages {
  /** Those without a tag first, in each group the longest unused first. */
  readonly candidates: readonly Removable[];
  /** What the others hold. */
  readonly kept: readonly Parts[];
  readonly spared: { readonly inUse: number; readonly pinned: number; readonly recent: number };
}

/** Sorts images into those that may go and those that stay: in use, pinned, or used since `since`. */
export async function removableImages(engine: RemovableEngine, since: Date | undefined): Promise<RemovableImages> {
  const inUse = await imagesInUse(engine);
  const stored = await storedBlobs(engine);
  const candidates: Removable[] = [];
  const kept: Parts[] = [];
  const spared = { inUse: 0, pinned: 0, recent: 0 };
  for (const image of await engine.images.list()) {
    const parts = await layerParts(engine, image, stored);
    const lastUsedAt = await lastUse(engine, image);
    const reason = reasonToStay(engine, image, inUse, since !== undefined && lastUsedAt >= since);
    if (reason === undefined) candidates.push(removable(engine, image, lastUsedAt, parts));
    else {
      spared[reason] += 1;
      kept.push(parts);
    }
  }
  const isTagged = ({ kind }: Removable) => Number(kind === "image");
  candidates.sort(
    (one, other) => isTagged(one) - isTagged(other) || one.lastUsedAt.getTime() - other.lastUsedAt.getTime(),
  );
  return { candidates, kept, spared };
}

function reasonToStay(
  { builds }: RemovableEngine,
  { id, chainId, pinnedNames }: ImageRecord,
  inUse: ReadonlySet<string>,
  isRecent: boolean,
): keyof RemovableImages["spared"] | undefined {
  if (inUse.has(id) || builds.busy.has(chainId)) return "inUse";
  if (pinnedNames.length > 0) return "pinned";
  return isRecent ? "recent" : undefined;
}

/** An image that was never used counts as used when it came. */
async function lastUse({ containerd, lastUse }: RemovableEngine, { id, manifestBlob }: ImageRecord): Promise<Date> {
  return lastUse.of(id) ?? (await containerd.content.find(manifestBlob.digest))?.createdAt ?? new Date(0);
}

function removable(engine: RemovableEngine, image: ImageRecord, lastUsedAt: Date, parts: Parts): Removable {
  const { id, repoTags, names } = image;
  return {
    kind: repoTags.length === 0 ? "dangling-image" : "image",
    id,
    name:
      repoTags.join(", ") ||
      names
        .map(formatName)
        .filter((name) => !name.startsWith("tdock-"))
        .join(", ") ||
      "<none>",
    lastUsedAt,
    parts,
    async remove() {
      // Not by its ID, which the same image compressed another way has as well.
      const now = (await engine.images.list()).find(({ target }) => targetKey(target) === targetKey(image.target));
      const inUse = await imagesInUse(engine);
      if (now === undefined || reasonToStay(engine, now, inUse, false) !== undefined) return false;
      await deleteImage(engine, now, { sync: false });
      return true;
    },
  };
}
