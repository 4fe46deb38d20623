import { isError, TdockError } from "@tdock/errors/error";
import { manifestLimitBytes, parseManifest } from "../registry/manifest.ts";
import { isIndexType } from "../registry/media-type.ts";
import type { BlobStore } from "./blob-store.ts";
import type { BlobReference, ImageRecord } from "./image.ts";

/** A manifest or index, with its bytes. */
export interface StoredDocument {
  readonly blob: BlobReference;
  readonly bytes: Buffer;
}

/** All that an image is made of, for sending it elsewhere. */
export interface ImageContent {
  /** What the image is to be known by elsewhere. */
  readonly top: BlobReference;
  /** Manifests and indexes: each after all it refers to. */
  readonly manifests: readonly StoredDocument[];
  /** Configurations and layers, each once. */
  readonly blobs: readonly BlobReference[];
  /** Whether the image is one of an index that is not here as a whole. */
  readonly isPartial: boolean;
}

/**
 * Reads what an image is made of: its whole index when all of it is here, or `elsewhere` (by digest), else the image's
 * own manifest. Throws `not-found` (reason `content-missing`).
 */
export async function imageContent(
  blobs: BlobStore,
  image: ImageRecord,
  elsewhere: ReadonlySet<string> = new Set(),
): Promise<ImageContent> {
  const store = { blobs, elsewhere };
  const { mediaType, digest, size } = image.target;
  const isIndex = isIndexType(mediaType);
  const whole = isIndex ? await collect(store, { mediaType, digest, size }) : undefined;
  if (whole !== undefined) return { ...whole, isPartial: false };
  const own = await collect(store, image.manifestBlob);
  if (own !== undefined) return { ...own, isPartial: isIndex };
  throw new TdockError("not-found", `content of ${image.repoTags[0] ?? image.id} is missing here; pull it again`, {
    reason: "content-missing",
  });
}

/** Where content is looked for. */
interface Store {
  readonly blobs: BlobStore;
  readonly elsewhere: ReadonlySet<string>;
}

async function collect(store: Store, top: BlobReference): Promise<Omit<ImageContent, "isPartial"> | undefined> {
  const manifests: StoredDocument[] = [];
  const blobs = new Map<string, BlobReference>();
  const isWhole = await visit(store, top, manifests, blobs);
  return isWhole ? { top, manifests, blobs: [...blobs.values()] } : undefined;
}

/** Whether all that `blob` refers to is here. Appends what was found, references first. */
async function visit(
  store: Store,
  blob: BlobReference,
  manifests: StoredDocument[],
  blobs: Map<string, BlobReference>,
): Promise<boolean> {
  if (manifests.some(({ blob: { digest } }) => digest === blob.digest)) return true;
  const bytes = await readIfHere(store, blob);
  if (bytes === undefined) return false;
  const document = parseManifest(bytes, blob.mediaType);
  if (document.kind === "index") {
    for (const child of document.manifests) if (!(await visit(store, child, manifests, blobs))) return false;
  } else {
    for (const child of [document.config, ...document.layers]) {
      if (!store.elsewhere.has(child.digest) && !(await store.blobs.has(child))) return false;
      blobs.set(child.digest, child);
    }
  }
  manifests.push({ blob, bytes });
  return true;
}

async function readIfHere({ blobs }: Store, { digest }: BlobReference): Promise<Buffer | undefined> {
  try {
    return await blobs.read(digest, manifestLimitBytes);
  } catch (thrown) {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  }
}
