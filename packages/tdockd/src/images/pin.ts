import type { Input } from "@tdock/api/endpoint";
import type { imagePin } from "@tdock/api/images";
import type { Engine } from "../engine.ts";
import { namesMeant } from "./names-meant.ts";

/**
 * Pins the name that is meant, or of an ID all names: prune and free leave the image alone, and removing it wants force.
 * The pin is containerd's, so it outlives tdockd. Throws `not-found`.
 */
export function pinImage(engine: Pick<Engine, "images">, { name }: Input<typeof imagePin>): Promise<void> {
  return setPins(engine, name, true);
}

/** Takes back what `pinImage` did. Throws `not-found`. */
export function unpinImage(engine: Pick<Engine, "images">, { name }: Input<typeof imagePin>): Promise<void> {
  return setPins(engine, name, false);
}

async function setPins({ images }: Pick<Engine, "images">, text: string, isPinned: boolean): Promise<void> {
  const image = await images.resolve(text);
  const meant = namesMeant(image, text);
  for (const name of meant.length > 0 ? meant : image.names) await images.setPin(name, isPinned);
}
