import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Input } from "@tdock/api/endpoint";
import type { imageConvert } from "@tdock/api/images";
import { type JsonMessages, sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { ociLayerType } from "../registry/media-type.ts";
import type { BlobReference, ImageRecord } from "./image.ts";
import { configLimitBytes } from "./image-config.ts";
import { type Packing, recompressLayer } from "./layer/recompress.ts";
import { LayerMessages } from "./layer-messages.ts";
import { layerPlaces } from "./layer-places.ts";
import type { LayerPlace } from "./layer-store.ts";
import { Limit } from "./limit.ts";
import { newManifest } from "./new-manifest.ts";
import { recordImage } from "./record-image.ts";
import { formatFamiliar, formatReference } from "./reference.ts";
import { requestedPlatform } from "./requested-platform.ts";
import { newTag } from "./tag.ts";
import { withLayerBlobs } from "./with-layer-blobs.ts";

type ConvertEngine = Pick<
  Engine,
  | "arrivalLease"
  | "arrivals"
  | "arrivingFolder"
  | "blobs"
  | "config"
  | "containerd"
  | "disk"
  | "events"
  | "images"
  | "layers"
  | "registry"
>;

const maxAtOnce = 4;
const levels = { gzip: 9, zstd: 22 } as const;

/**
 * `POST /images/:name/convert`: gives an image a twin whose layers are compressed another way. Configuration, and so the
 * ID, and what the layers hold stay the same, so that nothing is unpacked anew. Of an index, the image that is here.
 * Throws `not-found`, `invalid-argument`; `internal` (reason `content-damaged`) for a layer that is not what it was.
 */
export async function convertImage(
  engine: ConvertEngine,
  input: Input<typeof imageConvert>,
  out: Output,
): Promise<void> {
  const packing = packingOf(input);
  const to = newTag(input.to ?? "", "");
  const image = await engine.images.resolve(input.name, requestedPlatform(input.platform));
  const folder = join(engine.arrivingFolder, `convert-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    await sendJsonMessages(out, async (messages) => {
      const digest = await engine.arrivalLease.with((lease) =>
        withLayerBlobs(engine, image, { signal: messages.signal }, () =>
          convert(engine, image, { packing, folder, lease, name: formatReference(to), messages }),
        ),
      );
      await messages.send({ status: `Digest: ${digest}` });
      await messages.send({ status: `Status: Converted to ${formatFamiliar(to)}` });
    });
    engine.events.emit({ type: "image", action: "tag", id: image.id, attributes: { name: formatFamiliar(to) } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function packingOf({ compression = "zstd", level }: Input<typeof imageConvert>): Packing {
  if (compression !== "zstd" && compression !== "gzip") {
    throw new TdockError("invalid-argument", `compression: wanted zstd or gzip, got ${compression.slice(0, 80)}`);
  }
  const most = levels[compression];
  if (level === undefined || (level >= 1 && level <= most)) return { compression, level };
  throw new TdockError("invalid-argument", `level: wanted 1 to ${most} for ${compression}, got ${level}`);
}

interface Conversion {
  readonly packing: Packing;
  readonly folder: string;
  readonly lease: string;
  readonly name: string;
  readonly messages: JsonMessages;
}

async function convert(engine: ConvertEngine, image: ImageRecord, conversion: Conversion): Promise<string> {
  const { lease, name, messages } = conversion;
  const { diffIds } = image;
  const ending = new AbortController();
  const signal = AbortSignal.any([messages.signal, ending.signal]);
  const limit = new Limit(maxAtOnce);
  const converted = layerPlaces(image.manifest.layers, diffIds).map((place) =>
    limit.run(() => convertLayer(engine, place, conversion, signal)),
  );
  for (const one of converted) one.catch(() => ending.abort());
  // The first failure is the cause; the others only end because of it.
  const layers = await Promise.all(converted).finally(() => Promise.allSettled(converted));
  const configBytes = await engine.blobs.read(image.id, configLimitBytes);
  const manifest = newManifest(configBytes, layers);
  await recordImage(engine, { lease, name, target: manifest, indexes: [], manifest, configBytes, diffIds });
  return manifest.descriptor.digest;
}

/** A layer that is compressed the wanted way already is taken as it is, unless a level was asked for. */
async function convertLayer(
  { blobs, layers }: ConvertEngine,
  { blob, compression, diffId }: LayerPlace,
  { packing, folder, lease, messages }: Conversion,
  signal: AbortSignal,
): Promise<BlobReference> {
  if (compression === packing.compression && packing.level === undefined) return blob;
  if (signal.aborted) throw new TdockError("canceled", "the conversion was stopped");
  const reporter = new LayerMessages(messages, blob.digest);
  const bytes = counted(layers.blobBytes(blob), (current) => reporter.progress("Converting", current, blob.size));
  const packed = await recompressLayer({ bytes, compression, diffId }, packing, join(folder, randomUUID()), signal);
  const mediaType = `${ociLayerType}+${packing.compression}`;
  const stored = { mediaType, digest: packed.digest, size: packed.size };
  await blobs.adopt(packed.path, { ...stored, labels: { "containerd.io/uncompressed": diffId } }, lease);
  reporter.say(`Converted: ${blob.size} to ${packed.size} bytes`);
  await reporter.settled();
  return stored;
}

async function* counted(bytes: AsyncIterable<Buffer>, onProgress: (bytes: number) => void): AsyncGenerator<Buffer> {
  let current = 0;
  for await (const chunk of bytes) {
    current += chunk.length;
    onProgress(current);
    yield chunk;
  }
}
