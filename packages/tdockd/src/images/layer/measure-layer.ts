import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { packLayer } from "./pack-layer.ts";

/** A layer as a manifest names it when it is not compressed: the digest is the diff ID. */
export interface LayerMeasure {
  /** `sha256:<hex>` of the tar archive. */
  readonly diffId: string;
  readonly sizeBytes: number;
}

/** The server answers others at least this often. */
const maxBusyMs = 10;

/** Reads a layer's folder once to learn the digest of its archive; nothing is written. */
export async function measureLayer(folder: string, signal: AbortSignal): Promise<LayerMeasure> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let sinceTurn = performance.now();
  for await (const chunk of packLayer(folder)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
    if (performance.now() - sinceTurn < maxBusyMs) continue;
    await nextTurn();
    signal.throwIfAborted();
    sinceTurn = performance.now();
  }
  return { diffId: `sha256:${hash.digest("hex")}`, sizeBytes };
}
