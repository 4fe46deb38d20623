import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { startRegistry } from "../registry/registry.ts";
import { testRoot } from "../scratch.ts";
import { busyboxConfig, busyboxEntries } from "./busybox.ts";
import { imageOf, type Layer, layerOf } from "./oci-image.ts";
import { pushImage } from "./push.ts";
import { directory, file, type TarEntry } from "./tar-layer.ts";

/** The name under which a registry over `bigImageStorage` serves the image. */
export const bigImageName = "big:latest";

const layerCount = 8;
const filesPerLayer = 3200;
/** Bytes in a layer's files; with tar's padding eight layers come to about 1.18 GB. */
const layerBytes = 140 << 20;

/**
 * A registry's storage folder with an image of 8 layers, 25,600 files and 1.18 GB on top of busybox, about 0.4 GB compressed.
 * Made once and kept, because it takes a minute. The same on every machine.
 */
export async function bigImageStorage(): Promise<string> {
  const storage = join(testRoot, "cache/big-image-1");
  if (await stat(storage).catch(() => undefined)) return storage;
  const unfinished = `${storage}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await fill(unfinished);
  await rename(unfinished, storage);
  return storage;
}

async function fill(storage: string): Promise<void> {
  await using registry = await startRegistry({ storage });
  const layers: Layer[] = [await layerOf(await busyboxEntries())];
  for (let index = 0; index < layerCount; index += 1) layers.push(await layerOf(layerEntries(index)));
  await pushImage(registry, bigImageName, imageOf({ layers, config: busyboxConfig }));
}

/** A few large files and many small ones, as in an image of a language's packages. */
function* layerEntries(layer: number): Generator<TarEntry> {
  const random = randomNumbers(layer + 1);
  const text = fillerText(random);
  const root = `opt/layer${layer}`;
  yield directory("opt");
  yield directory(root);
  for (let index = 0; index < filesPerLayer; index += 1) {
    if (index % 40 === 0) yield directory(`${root}/d${index / 40}`);
    const size = index % 400 === 0 ? 8 << 20 : Math.floor((random() ** 2 * 3 * layerBytes) / filesPerLayer / 2);
    const start = Math.floor(random() * (text.length - size));
    yield file(`${root}/d${Math.floor(index / 40)}/f${index}`, text.subarray(start, start + size));
  }
}

/** 32 MB that gzip makes three times smaller: words, and now and then a piece of noise. */
function fillerText(random: () => number): Buffer {
  const words = Array.from({ length: 1500 }, () => randomWord(random));
  const text = Buffer.alloc(32 << 20);
  for (let offset = 0; offset < text.length; ) {
    const word = words[Math.floor(random() ** 4 * words.length)] ?? "";
    offset += random() < 0.02 ? writeNoise(text, offset, random) : text.write(word, offset, "latin1");
  }
  return text;
}

function randomWord(random: () => number): string {
  const length = 2 + Math.floor(random() * 9);
  const letters = Array.from({ length }, () => String.fromCharCode(97 + Math.floor(random() ** 2 * 26)));
  return `${letters.join("")} `;
}

function writeNoise(text: Buffer, offset: number, random: () => number): number {
  const end = Math.min(offset + 32, text.length);
  for (let position = offset; position < end; position += 1) text[position] = Math.floor(random() * 256);
  return end - offset;
}

/** Numbers from 0 to 1, the same for the same seed (xorshift32). */
function randomNumbers(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
