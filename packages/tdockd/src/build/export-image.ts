import { isError } from "@tdock/errors/error";
import { chainIdsOf } from "../images/chain-id.ts";
import type { ImageRecord } from "../images/image.ts";
import { danglingName } from "../images/names.ts";
import { newManifest } from "../images/new-manifest.ts";
import { recordImage } from "../images/record-image.ts";
import { formatFamiliar, parseReference } from "../images/reference.ts";
import { buildPrefix } from "../runtime/build-step-name.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { LayerInfo } from "./cache/step-record.ts";
import { newBuildName, removeSnapshot } from "./layer/make-layer.ts";
import type { ImageDocument } from "./plan/image-document.ts";

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
  const manifest = newManifest(configBytes, image.layers);
  const { mediaType, digest, size } = manifest.descriptor;
  const target = { mediaType, digest, size };
  const names = image.names.length > 0 ? image.names : [danglingName(digest)];
  await engine.arrivalLease.with(async (lease) => {
    await nameTopLayer(engine, image, lease);
    for (const [index, name] of names.entries()) {
      if (index > 0) await engine.images.setName(name, target);
      else if (!(await isRecorded(engine, digest)))
        await recordImage(engine, record(lease, name, manifest, configBytes, image));
      else await engine.images.setName(name, target);
    }
  });
  const made = await engine.images.resolve(
    names[0]?.startsWith("tdock-") ? manifest.document.config.digest : (names[0] as string),
  );
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
  manifest: ReturnType<typeof newManifest>,
  configBytes: Buffer,
  image: FinishedImage,
) {
  const diffIds = image.document.rootfs.diff_ids;
  return { lease, name, target: manifest, indexes: [], manifest, configBytes, diffIds };
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
