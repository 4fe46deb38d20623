import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Input } from "@tdock/api/endpoint";
import type { imagePull } from "@tdock/api/images";
import { sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { plainArchive } from "../host/plain-archive.ts";
import { layerPlaces } from "../images/layer-places.ts";
import { danglingName } from "../images/names.ts";
import { recordImage } from "../images/record-image.ts";
import { formatFamiliar, formatReference } from "../images/reference.ts";
import { newTag } from "../images/tag.ts";
import { unpackStored } from "../images/unpack-stored.ts";
import { digestOf } from "../registry/digest.ts";
import { type ImageManifest, type ManifestDocument, parseManifest } from "../registry/manifest.ts";
import { ociConfigType, ociLayerType, ociManifestType } from "../registry/media-type.ts";
import { formatPlatform, hostPlatform, parsePlatform } from "../registry/platform.ts";
import { applyChanges } from "./apply-changes.ts";

type ImportEngine = Pick<
  Engine,
  "arrivalLease" | "arrivingFolder" | "blobs" | "disk" | "events" | "images" | "layers" | "now"
>;

/** A root that has arrived: a plain tar on disk. */
interface ArrivedRoot {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Makes an image of one layer from an archive of a root, as `export` writes it. Unpacked under the same rules as a
 * layer that was pulled. Throws `invalid-argument`.
 */
export async function importImage(engine: ImportEngine, input: Input<typeof imagePull>, out: Output): Promise<void> {
  if (input.fromSrc !== "-" || input.body === undefined) {
    throw new TdockError("not-implemented", "importing from an address is not supported: send the archive itself");
  }
  const name = input.repo ? newTag(input.repo, input.tag ?? "") : undefined;
  const config = applyChanges({}, input.changes ?? []);
  const folder = join(engine.arrivingFolder, `import-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const root = await receive(input.body, join(folder, "root.tar"), out.signal);
    const document = documentOf(engine, input, config, root);
    const id = await store(engine, root, document, name && formatReference(name), out.signal);
    await sendJsonMessages(out, ({ send }) => send({ status: id }));
    const attributes = { name: name === undefined ? id : formatFamiliar(name) };
    engine.events.emit({ type: "image", action: "import", id, attributes });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function receive(bytes: AsyncIterable<Uint8Array>, path: string, signal: AbortSignal): Promise<ArrivedRoot> {
  await using file: FileHandle = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of await plainArchive(bytes, signal)) {
    hash.update(chunk);
    size += chunk.length;
    await file.appendFile(chunk);
  }
  return { path, size, digest: `sha256:${hash.digest("hex")}` };
}

function documentOf(
  { now }: ImportEngine,
  { message, platform }: Input<typeof imagePull>,
  config: object,
  { digest }: ArrivedRoot,
): Buffer {
  const [os, architecture, variant] = formatPlatform(platform ? parsePlatform(platform) : hostPlatform()).split("/");
  const created = now().toISOString();
  const comment = message ?? "Imported from -";
  return Buffer.from(
    JSON.stringify({
      ...{ os, architecture, variant, created, config },
      rootfs: { type: "layers", diff_ids: [digest] },
      history: [{ created, comment }],
    }),
  );
}

async function store(
  engine: ImportEngine,
  root: ArrivedRoot,
  configBytes: Buffer,
  name: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const layer = { mediaType: ociLayerType, digest: root.digest, size: root.size };
  const config = { mediaType: ociConfigType, digest: digestOf(configBytes), size: configBytes.length };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociManifestType, config, layers: [layer] }));
  const document = parseManifest(bytes, ociManifestType) as ImageManifest & ManifestDocument;
  const manifest = {
    descriptor: { mediaType: ociManifestType, digest: digestOf(bytes), size: bytes.length },
    bytes,
    document,
  };
  const diffIds = [root.digest];
  await engine.arrivalLease.with(async (lease) => {
    await engine.blobs.adopt(root.path, { ...layer, labels: { "containerd.io/uncompressed": root.digest } }, lease);
    await unpackStored(engine, layerPlaces([layer], diffIds), lease, signal);
    await recordImage(engine, {
      ...{ lease, target: manifest, indexes: [], manifest, configBytes, diffIds },
      name: name ?? danglingName(manifest.descriptor.digest),
    });
  });
  return config.digest;
}
