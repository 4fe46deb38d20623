import type { Engine } from "../engine.ts";
import { runCommand } from "../host/run-command.ts";
import { imagesHere } from "./index-members.ts";
import type { Layer } from "./layer-sizes.ts";

/** The unpacked layers of all images, each once. */
export async function layersOfImages(
  engine: Pick<Engine, "blobs" | "images" | "layerSizes">,
): Promise<readonly Layer[]> {
  const layers = new Map<string, Layer>();
  for (const image of await engine.images.list()) {
    for (const { chainId } of await imagesHere(engine, image)) {
      for (const layer of await engine.layerSizes.stack(chainId)) layers.set(layer.name, layer);
    }
  }
  return [...layers.values()];
}

/**
 * The bytes of each layer by its name. A file that several of them took over from one build context counts with the
 * first. Only layers that may have such files are walked through, off the main thread.
 */
export async function layersOnDisk(layers: readonly Layer[]): Promise<ReadonlyMap<string, number>> {
  const linked = layers.flatMap(({ linkedFolder }) => linkedFolder ?? []);
  const sizes = linked.length > 1 ? await sizesOfFolders(linked) : new Map<string | undefined, number>();
  return new Map(layers.map(({ name, bytes, linkedFolder }) => [name, sizes.get(linkedFolder) ?? bytes]));
}

/** Bytes of each folder without hard links to what is in one before it. One that is gone is left out. */
async function sizesOfFolders(paths: readonly string[]): Promise<ReadonlyMap<string | undefined, number>> {
  const { stdout } = await runCommand("du", ["-s", "-x", "-B1", "--", ...paths]);
  const lines = stdout.matchAll(/^(?<bytes>\d+)\t(?<path>.*)$/gm);
  return new Map(Array.from(lines, ({ groups }) => [groups?.path, Number(groups?.bytes)]));
}
