import type { OciImage } from "./oci-image.ts";
import { file, type TarEntry, tarOf } from "./tar-layer.ts";

/** An archive of images in two pieces that follow each other. */
export interface DockerArchive {
  /** The layers alone, each once. */
  readonly layers: Buffer;
  /** What says whose they are, and the archive's end. */
  readonly rest: Buffer;
}

/** An archive as Docker saves images: what is in it is said last. */
export async function dockerArchive(images: Readonly<Record<string, OciImage>>): Promise<DockerArchive> {
  const all = Object.entries(images);
  const layers = new Map(all.flatMap(([, image]) => image.layers).map((layer) => [layer.digest, layer]));
  const manifest = all.map(([name, image]) => ({
    Config: fileOf(image.config),
    RepoTags: [name],
    Layers: image.layers.map(fileOf),
  }));
  return {
    layers: await tarBeginning([...layers.values()].map((layer) => file(fileOf(layer), layer.content))),
    rest: await tarOf([
      ...all.map(([, { config }]) => file(fileOf(config), config.content)),
      file("manifest.json", JSON.stringify(manifest)),
    ]),
  };
}

/** A tar that another one may follow: without the two empty blocks at its end. */
export async function tarBeginning(entries: Iterable<TarEntry>): Promise<Buffer> {
  return (await tarOf(entries)).subarray(0, -1024);
}

function fileOf({ digest }: { readonly digest: string }): string {
  return `blobs/sha256/${digest.slice("sha256:".length)}`;
}
