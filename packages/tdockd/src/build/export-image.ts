import { isError } from "@tdock/errors/error";
import { chainIdsOf } from "../images/chain-id.ts";
import type { ImageRecord } from "../images/image.ts";
import { danglingName } from "../images/names.ts";
import { recordImage } from "../images/record-image.ts";
import { formatFamiliar, parseReference } from "../images/reference.ts";
import { digestOf } from "../registry/digest.ts";
import { type ImageManifest, type ManifestDocument, parseManifest } from "../registry/manifest.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { LayerInfo } from "./cache/step-record.ts";
import { buildPrefix, newBuildName, removeSnapshot } from "./layer/make-layer.ts";
import type { ImageDocument } from "./plan/image-document.ts";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";

/** A finished file system with its description. */
export interface FinishedImage {
  readonly document: ImageDocument;
  readonly layers: readonly LayerInfo[];
  /** Snapshot of the top layer. */
  readonly snapshot: string;
  /** Full references; none leaves the image without a name. */
  readonly names: readonly string[];
}

/** Records an image in containerd's stores: what `docker images`, `ctr` and containers see. */
export async function exportImage(engine: BuildEngine, image: FinishedImage): Promise<ImageRecord> {
  const configBytes = Buffer.from(JSON.stringify(image.document));
  const manifest = manifestOf(configBytes, image.layers);
  const { digest } = manifest.descriptor;
  const names = image.names.length > 0 ? image.names : [danglingName(digest)];
  await engine.arrivalLease.with(async (lease) => {
    await nameTopLayer(engine, image, lease);
    for (const [index, name] of names.entries()) {
      if (index > 0) await engine.images.setName(name, manifest.target);
      else if (!(await isRecorded(engine, digest)))
        await recordImage(engine, record(lease, name, manifest, configBytes, image));
      else await engine.images.setName(name, manifest.target);
    }
  });
  const made = await engine.images.resolve(names[0]?.startsWith("tdock-") ? manifest.config : (names[0] as string));
  for (const name of image.names) {
    const attributes = { name: formatFamiliar(parseReference(name)) };
    engine.events.emit({ type: "image", action: "tag", id: made.id, attributes });
  }
  return made;
}

async function isRecorded({ images }: Pick<BuildEngine, "images">, digest: string): Promise<boolean> {
  return (await images.names()).some(({ target }) => target.digest === digest);
}

function record(
  lease: string,
  name: string,
  { descriptor, bytes, document }: BuiltManifest,
  configBytes: Buffer,
  image: FinishedImage,
) {
  const manifest = { descriptor, bytes, document };
  const diffIds = image.document.rootfs.diff_ids;
  return { lease, name, target: manifest, indexes: [], manifest, configBytes, diffIds };
}

interface BuiltManifest {
  readonly descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly target: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly bytes: Buffer;
  readonly document: ImageManifest & ManifestDocument;
  /** Digest of the configuration: the image's ID. */
  readonly config: string;
}

function manifestOf(configBytes: Buffer, layers: readonly LayerInfo[]): BuiltManifest {
  const config = { mediaType: configType, digest: digestOf(configBytes), size: configBytes.length };
  const listed = layers.map(({ mediaType, digest, size }) => ({ mediaType: ociType(mediaType), digest, size }));
  const value = { schemaVersion: 2, mediaType: manifestType, config, layers: listed };
  const bytes = Buffer.from(JSON.stringify(value));
  const descriptor = { mediaType: manifestType, digest: digestOf(bytes), size: bytes.length };
  const document = parseManifest(bytes, manifestType) as ImageManifest & ManifestDocument;
  return { descriptor, target: descriptor, bytes, document, config: config.digest };
}

const dockerTypes: Readonly<Record<string, string>> = {
  "application/vnd.docker.image.rootfs.diff.tar": "application/vnd.oci.image.layer.v1.tar",
  "application/vnd.docker.image.rootfs.diff.tar.gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
  "application/vnd.docker.image.rootfs.diff.tar.zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
};

/** The same bytes under OCI's name for them: a manifest should speak one language. */
function ociType(mediaType: string): string {
  return dockerTypes[mediaType] ?? mediaType;
}

/**
 * Gives the top layer the name that containers and other images look for: an empty layer over the step's own, which
 * cannot be renamed. Its name is told by the digests of all layers, which are known only now.
 */
async function nameTopLayer(
  { containerd }: Pick<BuildEngine, "containerd">,
  { document, snapshot }: FinishedImage,
  lease: string,
): Promise<void> {
  const name = chainIdsOf(document.rootfs.diff_ids).at(-1);
  if (name === undefined || !snapshot.startsWith(buildPrefix)) return;
  const key = newBuildName();
  try {
    if (await exists(containerd, name)) return;
    await containerd.snapshots.prepare({ key, parent: snapshot }, { lease });
    await containerd.snapshots.commit({ key, name, labels: { "containerd.io/snapshot.ref": name } }, { lease });
  } catch (thrown) {
    await removeSnapshot(containerd, key);
    if (!isError(thrown, "conflict")) throw thrown;
  }
}

async function exists({ snapshots }: BuildEngine["containerd"], name: string): Promise<boolean> {
  return snapshots.stat(name).then(
    () => true,
    (thrown) => {
      if (isError(thrown, "not-found")) return false;
      throw thrown;
    },
  );
}
