import { createHash } from "node:crypto";
import { busyboxConfig, busyboxEntries } from "./busybox.ts";
import {
  type Blob,
  blobOf,
  compressLayer,
  descriptorOf,
  imageOf,
  indexOf,
  jsonBlob,
  type Layer,
  layerOf,
  machinePlatform,
  type OciImage,
} from "./oci-image.ts";
import { file } from "./tar-layer.ts";

/** What a registry holds under a tag. */
export interface DistributionSet {
  /** What the tag names. */
  readonly top: Blob;
  readonly others: readonly Blob[];
  readonly config: Blob;
  /** What `/f` in the image says; undefined for an image without files. */
  readonly text?: string;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const nowhere = { mediaType: manifestType, digest: `sha256:${"1".repeat(64)}`, size: 7 };

/**
 * Odd but lawful content, which every client has to take. The choice is that of the distribution specification's own
 * conformance tests for registries: https://github.com/opencontainers/distribution-spec/tree/main/conformance.
 */
export async function distributionSets(): Promise<Readonly<Record<string, DistributionSet>>> {
  const image = async (name: string, extra?: Layer) => {
    const own = [await layerOf(await busyboxEntries()), await layerOf([file("f", name)])];
    return imageOf({ layers: extra === undefined ? own : [...own, extra], config: busyboxConfig });
  };
  const set = (text: string, one: OciImage, top: Blob, more: readonly Blob[] = []): DistributionSet => ({
    ...{ text, top, config: one.config },
    others: [...more, one.manifest, one.config, ...one.layers],
  });
  const changed = async (name: string, change: (manifest: Manifest) => object) => {
    const one = await image(name);
    return set(name, one, jsonBlob(manifestType, change(JSON.parse(one.manifest.content.toString()))));
  };

  const nested = await image("nested");
  const inner = indexOf([nested]);
  const often = await image("often");
  const [once, twice] = [namedOften(often.manifest), namedOften(namedOften(often.manifest))];
  const sparse = await image("sparse");
  const withoutFiles = imageOf({ layers: [] });
  const withEmpty = await image("empty", compressLayer(Buffer.alloc(0), "none"));
  return {
    "an index in an index": set("nested", nested, overIndex(inner), [inner]),
    "indexes that name the same a thousand times": set("often", often, namedOften(twice), [once, twice]),
    "an index most of which is not there": set("sparse", sparse, sparseIndex(sparse)),
    "a manifest whose subject is not there": await changed("subject", (manifest) => ({
      ...manifest,
      subject: nowhere,
    })),
    "descriptors that hold their data": await changed("data", withData),
    "fields that nobody knows": await changed("custom", (manifest) => ({
      ...manifest,
      "org.example.custom": { a: [1] },
    })),
    "a layer that must not be pushed": await changed("undistributable", undistributable),
    "a manifest of 4 MiB": await changed("large", paddedTo(4 << 20)),
    "no layers": { top: withoutFiles.manifest, others: [withoutFiles.config], config: withoutFiles.config },
    "a layer of no bytes": set("empty", withEmpty, withEmpty.manifest),
    "digests by sha512": await bySha512(await image("sha512")),
  };
}

interface Manifest {
  readonly config: object;
  readonly layers: readonly (object & { readonly mediaType: string })[];
}

function overIndex(inner: Blob): Blob {
  const manifests = [{ ...descriptorOf(inner), platform: machinePlatform }];
  return jsonBlob(inner.mediaType, { schemaVersion: 2, mediaType: inner.mediaType, manifests });
}

/** An index within others of the kind would be read a billion times. */
function namedOften(inner: Blob): Blob {
  const one = { ...descriptorOf(inner), platform: machinePlatform };
  const manifests = Array.from({ length: 1000 }, () => one);
  const mediaType = "application/vnd.oci.image.index.v1+json";
  return jsonBlob(mediaType, { schemaVersion: 2, mediaType, manifests });
}

function sparseIndex(image: OciImage): Blob {
  const absent = { ...nowhere, platform: { os: "linux", architecture: "s390x" } };
  const { mediaType, content } = indexOf([image]);
  const index = JSON.parse(content.toString());
  return jsonBlob(mediaType, { ...index, manifests: [absent, ...index.manifests] });
}

function withData(manifest: Manifest): object {
  return { ...manifest, layers: manifest.layers.map((layer) => ({ ...layer, data: "bm90IHVzZWQ=" })) };
}

function undistributable(manifest: Manifest): object {
  const [base, top] = manifest.layers;
  const urls = ["https://layers.invalid/none"];
  const mediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
  return { ...manifest, layers: [base, { ...top, mediaType, urls }] };
}

function paddedTo(bytes: number): (manifest: Manifest) => object {
  return (manifest) => {
    const empty = { ...manifest, annotations: { padding: "" } };
    const padding = "x".repeat(bytes - JSON.stringify(empty).length);
    return { ...manifest, annotations: { padding } };
  };
}

function bySha512({ config, layers }: OciImage): DistributionSet {
  const rename = (blob: Blob): Blob => ({
    ...blob,
    digest: `sha512:${createHash("sha512").update(blob.content).digest("hex")}`,
  });
  const parts = { config: rename(config), layers: layers.map(rename) };
  const described = { config: descriptorOf(parts.config), layers: parts.layers.map(descriptorOf) };
  const value = { schemaVersion: 2, mediaType: manifestType, ...described };
  const top = rename(blobOf(manifestType, Buffer.from(JSON.stringify(value))));
  return { top, others: [parts.config, ...parts.layers], config: parts.config, text: "sha512" };
}
