import type { Input } from "@tdock/api/endpoint";
import type { ImageDeleteResponseItem, imageRemove } from "@tdock/api/images";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { collectGarbage } from "./collect-garbage.ts";
import type { ImageRecord } from "./image.ts";
import { formatName, isDanglingName } from "./names.ts";
import { requestedPlatform } from "./requested-platform.ts";

type RemoveEngine = Pick<Engine, "containerd" | "containers" | "events" | "images" | "now">;

/**
 * Removes what an index has for some platforms, and names that then mean nothing that is here. Whatever else names the
 * same content loses it too, so Docker wants `force`. Throws `not-found` for a platform that is not here, `conflict`.
 */
export async function removePlatforms(
  engine: RemoveEngine,
  { name, force = false, platforms = [] }: Input<typeof imageRemove>,
): Promise<ImageDeleteResponseItem[]> {
  const { images, containerd } = engine;
  const going = await Promise.all(platforms.map((one) => images.resolve(name, requestedPlatform(one))));
  checkRemoval(engine, going, force);
  const digests = new Set(going.map(({ manifestBlob }) => manifestBlob.digest));
  const meant = (await images.list()).filter(({ manifestBlob }) => digests.has(manifestBlob.digest));
  for (const digest of digests) await containerd.content.delete(digest);
  await collectGarbage(engine);
  images.forget();
  const items: ImageDeleteResponseItem[] = [];
  for (const image of meant) items.push(...(await untagLost(engine, image)));
  for (const { id } of going) {
    engine.events.emit({ type: "image", action: "delete", id, attributes: { name: id } });
  }
  return [...items, ...[...digests].map((Deleted) => ({ Deleted }))];
}

function checkRemoval({ containers }: RemoveEngine, going: readonly ImageRecord[], force: boolean): void {
  for (const { manifestBlob } of going) {
    const user = containers.list().find(({ manifest }) => manifest.digest === manifestBlob.digest);
    if (user === undefined) continue;
    throw new TdockError(
      "conflict",
      `conflict: unable to delete ${manifestBlob.digest} (cannot be forced) - it is being used by container ${user.id.slice(0, 12)}`,
    );
  }
  if (force) return;
  throw new TdockError(
    "conflict",
    "Content will be removed from all images referencing this variant. Use --force to force delete.",
  );
}

/** The names of an image that is gone mean what else of their index is here, or go as well. */
async function untagLost(
  { images, events }: RemoveEngine,
  { id, names, target: { platform: _, ...target } }: ImageRecord,
): Promise<ImageDeleteResponseItem[]> {
  const items: ImageDeleteResponseItem[] = [];
  for (const name of names) {
    await images.setName(name, target);
    if ((await images.find(name)) !== undefined) continue;
    await images.removeName(name);
    if (isDanglingName(name)) continue;
    const shown = formatName(name);
    items.push({ Untagged: shown });
    events.emit({ type: "image", action: "untag", id, attributes: { name: shown } });
  }
  return items;
}
