import { runCommand } from "../host/run-command.ts";
import { layerPart, type Parts, stackParts } from "../images/image-parts.ts";
import { layersOfImages } from "../images/layers-on-disk.ts";
import type { BuildEngine } from "./build-engine.ts";
import type { CacheEntry } from "./cache/cache-entry.ts";

type SharingEngine = Pick<BuildEngine, "builds" | "layerSizes">;

/** The layer of a step stands on others, which stay as long as it does; a folder is its own. */
export async function partsOfEntry(
  engine: SharingEngine,
  { id, type, sizeBytes, snapshot }: CacheEntry,
): Promise<Parts> {
  return snapshot === undefined ? new Map([[`${type} ${id}`, sizeBytes]]) : stackParts(engine, snapshot);
}

/** Bytes that are free once `going` are gone: not what other entries, builds that run now, or images keep. */
export async function bytesFreedBy(
  engine: SharingEngine & Pick<BuildEngine, "blobs" | "images">,
  going: readonly CacheEntry[],
  staying: readonly CacheEntry[],
): Promise<number> {
  const partsOf = (entries: readonly CacheEntry[]) => Promise.all(entries.map((entry) => partsOfEntry(engine, entry)));
  const ofImages = (await layersOfImages(engine)).map(({ name, bytes }) => [layerPart(name), bytes] as const);
  const busy = await Promise.all([...engine.builds.busy].map((snapshot) => stackParts(engine, snapshot)));
  const gone = await partsOf(going);
  const kept = [new Map(ofImages), ...busy, ...(await partsOf(staying))];
  const separate = await separateShared(engine, [...gone, ...kept]);
  const freed = new Map(gone.flatMap((parts) => [...separate(parts)]));
  for (const parts of kept) for (const name of separate(parts).keys()) freed.delete(name);
  return [...freed.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** A folder whose files may have names in others, too, by the name of the part that it is. */
interface LinkedFolder {
  readonly part: string;
  readonly path: string;
}

/** What a folder has together with others: its bytes, and those parts of it that are free once all of these are gone. */
interface Shared {
  bytes: number;
  readonly parts: Map<string, number>;
}

/**
 * Layers and contexts share files, which are free only when the last of them goes. Gives what turns parts into such
 * as share nothing but whole parts.
 */
export async function separateShared(engine: SharingEngine, all: readonly Parts[]): Promise<(parts: Parts) => Parts> {
  const layers = await linkedLayers(engine, all);
  const contexts = await engine.builds.contexts.list();
  const folders = [...layers, ...contexts.map(({ id, path }) => ({ part: `source.local ${id}`, path }))];
  const shared = layers.length === 0 ? new Map<string, Shared>() : await sharedParts(folders);
  const isLayer = new Set(layers.map(({ part }) => part));
  return (parts) => {
    const separated = new Map<string, number>();
    for (const [name, bytes] of parts) {
      const own = shared.get(name);
      // What a context shares is not in its size.
      separated.set(name, Math.max(0, bytes - (isLayer.has(name) ? (own?.bytes ?? 0) : 0)));
      for (const [other, size] of own?.parts ?? []) separated.set(other, size);
    }
    return separated;
  };
}

async function linkedLayers({ layerSizes }: SharingEngine, all: readonly Parts[]): Promise<readonly LinkedFolder[]> {
  const prefix = layerPart("");
  const names = new Set(all.flatMap((parts) => [...parts.keys()]).filter((part) => part.startsWith(prefix)));
  const linked: LinkedFolder[] = [];
  for (const part of names) {
    const [layer] = await layerSizes.stack(part.slice(prefix.length));
    if (layer?.linkedFolder !== undefined) linked.push({ part, path: layer.linkedFolder });
  }
  return linked;
}

/** What each folder shares. What somebody else has, too, none of them can free. */
async function sharedParts(folders: readonly LinkedFolder[]): Promise<ReadonlyMap<string, Shared>> {
  const shared = new Map(folders.map(({ part }) => [part, { bytes: 0, parts: new Map<string, number>() }]));
  for (const { bytes, links, holders } of await filesOfMoreNames(folders)) {
    if (holders.size < 2 && links === 0) continue;
    const name = `shared ${[...holders].sort().join(" ")}`;
    for (const holder of holders) {
      const own = shared.get(holder) as Shared;
      own.bytes += bytes;
      if (links === 0) own.parts.set(name, (own.parts.get(name) ?? 0) + bytes);
    }
  }
  return shared;
}

interface LinkedFile {
  readonly bytes: number;
  /** Names that are in none of the folders. */
  links: number;
  readonly holders: Set<string>;
}

async function filesOfMoreNames(folders: readonly LinkedFolder[]): Promise<Iterable<LinkedFile>> {
  const partOf = new Map(folders.map(({ part, path }) => [path, part]));
  const found = ["-xdev", "-type", "f", "-links", "+1", "-printf", "%i %n %b %H\\n"];
  const { stdout } = await runCommand("find", [...partOf.keys(), ...found], { maxOutputBytes: 256 * 1024 * 1024 });
  const files = new Map<string, LinkedFile>();
  for (const [, inode = "", links, blocks, path = ""] of stdout.matchAll(/^(\d+) (\d+) (\d+) (.*)$/gm)) {
    const file = files.get(inode) ?? { bytes: Number(blocks) * 512, links: Number(links), holders: new Set() };
    file.links -= 1;
    file.holders.add(partOf.get(path) as string);
    files.set(inode, file);
  }
  return files.values();
}
