import type { Engine } from "../engine.ts";
import type { LayerPlace, StagedLayer } from "./layer-store.ts";
import { Limit } from "./limit.ts";

const maxAtOnce = 8;

interface UnpackParts extends Pick<Engine, "layers"> {
  /** A layer that was begun with before, if it was. */
  readonly ahead?: (place: LayerPlace) => Promise<StagedLayer> | undefined;
}

/**
 * Unpacks layers whose blobs are stored: beside each other, committed bottom up. Layers that are unpacked already are
 * left alone. When one fails, all end, and the first failure is thrown.
 */
export async function unpackStored(
  { layers, ahead }: UnpackParts,
  places: readonly LayerPlace[],
  lease: string,
  signal: AbortSignal,
): Promise<void> {
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  const limit = new Limit(maxAtOnce);
  const stages = places.map((place) =>
    limit.run(async () => {
      if (await layers.hold(place, lease)) return undefined;
      return ahead?.(place) ?? layers.stage(layers.blobBytes(place.blob), place, stop);
    }),
  );
  for (const stage of stages) stage.catch(() => ending.abort());
  try {
    for (const [index, place] of places.entries()) {
      await using staged: StagedLayer | undefined = await stages[index];
      if (staged !== undefined) await layers.commit(staged, place, lease);
    }
  } finally {
    ending.abort();
    await discardRest(stages);
  }
}

async function discardRest(stages: readonly Promise<StagedLayer | undefined>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(stages)) {
    if (outcome.status === "fulfilled") await outcome.value?.[Symbol.asyncDispose]();
  }
}
