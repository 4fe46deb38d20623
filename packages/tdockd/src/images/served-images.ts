import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { manifestLimitBytes, parseManifest } from "../registry/manifest.ts";
import { ensureLayerBlobs } from "./ensure-layer-blobs.ts";
import type { BlobReference, Target } from "./image.ts";
import { imagesMeant } from "./index-members.ts";
import { referenceOf } from "./names.ts";
import { formatReference, type Reference } from "./reference.ts";

type ServingEngine = Parameters<typeof ensureLayerBlobs>[0] & Pick<Engine, "images">;

/** A tag that other machines may pull, and what it stands for. */
export interface ServedTag {
  /** Repository as it is served: see {@link servedName}. */
  readonly repository: string;
  readonly tag: string;
  readonly reference: Reference;
  readonly target: Target;
}

/** Content of a served repository. */
export interface ServedContent {
  readonly kind: "manifest" | "blob";
  readonly blob: BlobReference;
}

/**
 * The repository that an image is served as: `library/busybox` for Docker Hub's, else with its registry in front,
 * where a port's colon becomes `_`, since a repository's name has none: `127.0.0.1_5000/app`.
 */
export function servedName({ domain, path }: Reference): string {
  return domain === "docker.io" ? path : `${domain.replace(":", "_")}/${path}`;
}

/** All that is served: images with a tag. */
export async function servedTags({ images }: Pick<Engine, "images">): Promise<ServedTag[]> {
  const named = await images.names();
  return named.flatMap(({ name, target }) => {
    const reference = referenceOf(name);
    if (reference?.tag === undefined || reference.digest !== undefined) return [];
    return [{ repository: servedName(reference), tag: reference.tag, reference, target }];
  });
}

/**
 * What these tags are made of, by digest, as far as it is here: nothing else of the store is anybody's business.
 */
export async function servedContent(
  engine: ServingEngine,
  tags: readonly ServedTag[],
): Promise<ReadonlyMap<string, ServedContent>> {
  const found = new Map<string, ServedContent>();
  for (const { target } of tags) await collect(engine, target, found);
  return found;
}

/** Sees to it that a blob of these tags is stored. False when it is not here in any form. */
export async function ensureServed(
  engine: ServingEngine,
  tags: readonly ServedTag[],
  blob: BlobReference,
  signal: AbortSignal,
): Promise<boolean> {
  if (await engine.blobs.has(blob)) return true;
  for (const { reference } of tags) {
    const image = await engine.images.find(formatReference(reference));
    for (const one of image === undefined ? [] : await imagesMeant(engine, image)) {
      const isPart = one.manifest.layers.some(({ digest }) => digest === blob.digest);
      if (isPart) await ensureLayerBlobs(engine, one, { signal }, { keep: true });
    }
  }
  return engine.blobs.has(blob);
}

async function collect(engine: ServingEngine, top: BlobReference, found: Map<string, ServedContent>): Promise<void> {
  if (found.has(top.digest)) return;
  const bytes = await engine.blobs.read(top.digest, manifestLimitBytes).catch((thrown) => {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  });
  if (bytes === undefined) return;
  const document = parseManifest(bytes, top.mediaType);
  found.set(top.digest, { kind: "manifest", blob: { ...top, size: bytes.length } });
  if (document.kind === "index") for (const child of document.manifests) await collect(engine, child, found);
  else for (const blob of [document.config, ...document.layers]) found.set(blob.digest, { kind: "blob", blob });
}
