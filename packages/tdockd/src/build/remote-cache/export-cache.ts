import { TdockError } from "@tdock/errors/error";
import type { BlobReference } from "../../images/image.ts";
import { packBuiltLayer } from "../../images/pack-built-layer.ts";
import { digestOf } from "../../registry/digest.ts";
import { layerCompression, ociManifestType } from "../../registry/media-type.ts";
import type { LayerInfo } from "../cache/step-record.ts";
import type { Vertex } from "../progress/progress.ts";
import type { BuildRun } from "../solve/build-run.ts";
import type { Ref } from "../solve/ref.ts";
import { type CacheDocument, type CachedMount, type CachedStep, cacheConfigType } from "./document.ts";
import type { CacheLocation, CacheTarget } from "./location.ts";
import { packMount } from "./pack-mount.ts";
import { pushCache } from "./push-cache.ts";
import { saveCache } from "./save-cache.ts";

/** A small document with its name by content. */
export interface CacheBlob extends BlobReference {
  readonly bytes: Buffer;
}

/** A build cache as it leaves: its layers lie in the content store. */
export interface PackedCache {
  readonly manifest: CacheBlob;
  readonly config: CacheBlob;
  readonly layers: readonly BlobReference[];
}

/** Writes the results of steps where other engines find them. Throws what the registry or the disk says. */
export async function exportCache(
  run: BuildRun,
  refs: readonly Ref[],
  { location, mode }: CacheTarget & { readonly location: CacheLocation },
): Promise<void> {
  await run.progress.run(`[internal] export cache to ${location.name}`, undefined, (vertex) =>
    run.engine.arrivalLease.with(async (lease) => {
      const mounts = mode === "max" ? await packMounts(run, vertex, lease) : [];
      const cache = await packCache(run, refs, mounts, lease);
      await (location.kind === "registry"
        ? pushCache(run, cache, location.reference)
        : saveCache(run, cache, location.folder));
    }),
  );
}

/** A mount that another build writes to is left out. */
async function packMounts(run: BuildRun, { log }: Vertex, lease: string): Promise<CachedMount[]> {
  const packed: CachedMount[] = [];
  for (const [name, description] of run.usedMounts) {
    try {
      packed.push(await packMount(run, { name, description }, lease));
    } catch (thrown) {
      if (run.signal.aborted) throw thrown;
      await log(Buffer.from(`WARNING: cache mount ${description} is left out: ${TdockError.from(thrown).message}\n`));
    }
  }
  return packed;
}

async function packCache(
  run: BuildRun,
  refs: readonly Ref[],
  mounts: readonly CachedMount[],
  lease: string,
): Promise<PackedCache> {
  const steps: CachedStep[] = [];
  for (const ref of refs) {
    const own = (await ref.layers()).at(-1);
    const createdAt = await ref.createdAt();
    if (own === undefined || createdAt === undefined) continue;
    steps.push({ key: ref.key, createdAt, layer: await packed(run, own, lease) });
  }
  const document: CacheDocument = { steps, mounts: [...mounts] };
  const layers = [...new Map([...steps, ...mounts].map(({ layer }) => [layer.digest, layer])).values()].map(
    descriptorOf,
  );
  const config = blobOf(cacheConfigType, document);
  const manifest = { schemaVersion: 2, mediaType: ociManifestType, config: descriptorOf(config), layers };
  return { manifest: blobOf(ociManifestType, manifest), config, layers };
}

async function packed(run: BuildRun, own: LayerInfo, lease: string): Promise<CachedStep["layer"]> {
  if (layerCompression(own.mediaType) !== "none") return own;
  const packing = { folder: run.scratch, lease, signal: run.signal };
  const blob = await packBuiltLayer(run.engine, own, packing);
  if (blob === undefined) throw new TdockError("internal", `the layer ${own.diffId} has gone`);
  return { diffId: own.diffId, ...blob };
}

function descriptorOf({ mediaType, digest, size }: BlobReference): BlobReference {
  return { mediaType, digest, size };
}

function blobOf(mediaType: string, value: unknown): CacheBlob {
  const bytes = Buffer.from(JSON.stringify(value));
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}
