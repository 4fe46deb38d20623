import type { Engine } from "../engine.ts";
import { compressionOf, isTarHead } from "../host/decompress.ts";
import type { Compression } from "../registry/media-type.ts";
import type { ArrivingMember, LaterDigest } from "./archive/write-member.ts";
import type { StagedLayer } from "./layer-store.ts";

const maxAtOnce = 8;
/** More than any image has: what comes beyond them waits until it is known to be needed. */
const maxLayers = 256;

type AheadEngine = Pick<Engine, "blobs" | "disk" | "layers">;

interface LayerAhead {
  readonly compression: Compression;
  readonly staged: Promise<StagedLayer>;
}

/**
 * Layers of an archive that are unpacked while they arrive, before it is known whether any image has them: archives
 * name their images last. Each is in a folder of its own; disposing of it ends what is under way and deletes those that
 * nobody took.
 */
export class LayersAhead implements AsyncDisposable {
  readonly #engine: AheadEngine;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  readonly #layers = new Map<string, LayerAhead>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(engine: AheadEngine, signal: AbortSignal) {
    this.#engine = engine;
    this.#signal = AbortSignal.any([signal, this.#ending.signal]);
  }

  /**
   * Begins to unpack a file that looks like a layer, unless it is one that is here. Waits while many are under way.
   * Resolves to the digest of one that is not compressed, which is its diff ID.
   */
  async begin({ name, head, file }: ArrivingMember): Promise<LaterDigest | undefined> {
    const compression = layerCompression(head);
    if (compression === undefined || this.#layers.size >= maxLayers || (await this.#isStored(name))) return undefined;
    while (this.#running.size >= maxAtOnce) await Promise.race(this.#running);
    const staged = this.#engine.layers.stageUnknown(file, compression, this.#signal);
    this.#layers.set(file.path, { compression, staged });
    const diffId = staged.then(
      (layer) => layer.diffId,
      () => undefined,
    );
    const ended: Promise<unknown> = diffId.finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return compression === "none" ? () => diffId : undefined;
  }

  /** Hands the layer that a file was unpacked to over, once; why it could not be is what the promise rejects with. */
  take(path: string, compression: Compression): Promise<StagedLayer> | undefined {
    const layer = this.#layers.get(path);
    if (layer?.compression !== compression) return undefined;
    this.#layers.delete(path);
    return layer.staged;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    const layers = [...this.#layers.values()].map(({ staged }) => staged);
    this.#layers.clear();
    for (const outcome of await Promise.allSettled(layers)) {
      if (outcome.status === "fulfilled") await outcome.value[Symbol.asyncDispose]();
    }
  }

  /** Whether a blob is here that goes by a name of that kind: `blobs/sha256/HEX`, or `HEX.tar`. It is unpacked most likely. */
  async #isStored(name: string): Promise<boolean> {
    const hex = /(?:^|\/)([a-f0-9]{64})(?:\.tar)?$/.exec(name)?.[1];
    return hex !== undefined && this.#engine.blobs.isOnDisk(`sha256:${hex}`);
  }
}

function layerCompression(head: Buffer): Compression | undefined {
  const compression = compressionOf(head);
  if (compression === "none") return isTarHead(head) ? "none" : undefined;
  return compression === "gzip" || compression === "zstd" ? compression : undefined;
}
