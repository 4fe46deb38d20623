import type { Engine } from "../engine.ts";

/**
 * Forgets the images that a power cut may have left with empty files: their bytes had not reached the disk. They can be
 * pulled, loaded or built again; what they share with others was on the disk before.
 */
export async function forgetLostImages({ images, log, unsynced }: Pick<Engine, "images" | "log" | "unsynced">) {
  for (const { name, target } of await images.names()) {
    if (!unsynced.lost.includes(target.digest)) continue;
    log.warn(
      { name, digest: target.digest },
      "an image had not reached the disk when the machine ended; it is removed",
    );
    await images.removeName(name, { sync: true });
  }
  await unsynced.forgetLost();
}
