import type { Input } from "@tdock/api/endpoint";
import type { ImageDeleteResponseItem, imageRemove } from "@tdock/api/images";
import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { ImageRecord } from "./image.ts";
import { idsHere } from "./index-members.ts";
import { shortId } from "./layer-messages.ts";
import { danglingName, formatName, isDanglingName, referenceOf } from "./names.ts";
import { namesMeant } from "./names-meant.ts";
import { repositoryName } from "./reference.ts";
import { removePlatforms } from "./remove-platforms.ts";

type UntagEngine = Pick<Engine, "blobs" | "containers" | "events" | "images">;
type RemoveEngine = UntagEngine & Pick<Engine, "containerd" | "now">;

/**
 * Removes a name, and with its last name the image; by ID, the image with its only name, or with `force` all of them.
 * Throws `not-found`, and `conflict` in Docker's words when containers or other names stand in the way; also for what is
 * pinned (reason `pinned`). With platforms, as {@link removePlatforms}.
 */
export async function removeImage(
  engine: RemoveEngine,
  input: Input<typeof imageRemove>,
): Promise<ImageDeleteResponseItem[]> {
  const { name, force = false, platforms = [] } = input;
  if (platforms.length > 0) return removePlatforms(engine, input);
  const image = await engine.images.resolve(name);
  const named = namesMeant(image, name);
  if (!force) checkPins(named.length === 0 ? image.names : named, image);
  if (named.length === 0) return removeById(engine, image, force);
  const isLast = image.names.every((other) => named.includes(other));
  if (isLast) await checkUse(engine, image, { force, name });
  return untag(engine, image, named, { isLast, sync: true });
}

/**
 * Removes an image with all its names; containers that do not run keep what they need. With `sync: false` its space
 * may become free only later.
 */
export async function deleteImage(
  engine: UntagEngine,
  image: ImageRecord,
  { sync = true } = {},
): Promise<ImageDeleteResponseItem[]> {
  return untag(engine, image, image.names, { isLast: true, sync });
}

async function removeById(engine: UntagEngine, image: ImageRecord, force: boolean) {
  const short = shortId(image.id);
  const repositories = new Set(image.names.map(referenceOf).map((one) => one && repositoryName(one)));
  if (!force && repositories.size > 1) {
    throw new TdockError(
      "conflict",
      `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
    );
  }
  await checkUse(engine, image, { force, name: short });
  return untag(engine, image, image.names, { isLast: true, sync: true });
}

/** What is pinned goes only by force. Throws `conflict` that names the pin. */
function checkPins(names: readonly string[], { pinnedNames }: ImageRecord): void {
  const [pinned] = names.filter((name) => pinnedNames.includes(name));
  if (pinned === undefined) return;
  const shown = formatName(pinned);
  throw new TdockError(
    "conflict",
    `conflict: unable to remove ${shown} (must be forced) - it is pinned: tdock unpin ${shown}`,
    { reason: "pinned" },
  );
}

async function checkUse(
  engine: UntagEngine,
  image: ImageRecord,
  { force, name }: { readonly force: boolean; readonly name: string },
): Promise<void> {
  const users = await usersOf(engine, image);
  const running = users.find(({ status }) => status.kind === "running" || status.kind === "paused");
  const verb =
    image.repoTags.length > 0 && !name.startsWith(shortId(image.id)) ? "remove repository reference" : "delete";
  const what = verb === "delete" ? shortId(image.id) : `"${name}"`;
  if (running !== undefined && verb === "delete") {
    throw new TdockError(
      "conflict",
      `conflict: unable to delete ${what} (cannot be forced) - image is being used by running container ${running.id.slice(0, 12)}`,
    );
  }
  const [user] = users;
  if (user === undefined || force) return;
  throw new TdockError(
    "conflict",
    verb === "delete"
      ? `conflict: unable to delete ${what} (must be forced) - image is being used by stopped container ${user.id.slice(0, 12)}`
      : `conflict: unable to remove repository reference ${what} (must force) - container ${user.id.slice(0, 12)} is using its referenced image ${shortId(image.id)}`,
  );
}

/** Containers that were made from an image, or from another of its index. */
async function usersOf(engine: UntagEngine, image: ImageRecord) {
  const containers = engine.containers.list();
  if (containers.length === 0) return [];
  const ids = await idsHere(engine, image);
  return containers.filter(({ imageId }) => ids.has(imageId));
}

async function untag(
  engine: UntagEngine,
  image: ImageRecord,
  names: readonly string[],
  { isLast, sync }: { readonly isLast: boolean; readonly sync: boolean },
): Promise<ImageDeleteResponseItem[]> {
  const items: ImageDeleteResponseItem[] = [];
  const dangling = danglingName(image.target.digest);
  const isUsed = (await usersOf(engine, image)).length > 0;
  // A container that exists keeps its image, so that it can be inspected, started and committed.
  if (isLast && isUsed) await engine.images.setName(dangling, image.target);
  const going = isUsed ? names.filter((name) => name !== dangling) : names;
  for (const [index, name] of going.entries()) {
    // The last name takes the files with it: the reply comes when their space is free.
    const wasThere = await remove(engine, name, sync && isLast && !isUsed && index === going.length - 1);
    if (!wasThere || isDanglingName(name)) continue;
    const shown = formatName(name);
    items.push({ Untagged: shown });
    engine.events.emit({ type: "image", action: "untag", id: image.id, attributes: { name: shown } });
  }
  if (!isLast || isUsed) return items;
  const told = new Set(items.map(({ Untagged }) => Untagged));
  for (const repoDigest of image.repoDigests) if (!told.has(repoDigest)) items.push({ Untagged: repoDigest });
  items.push({ Deleted: image.id });
  engine.events.emit({ type: "image", action: "delete", id: image.id, attributes: { name: image.id } });
  return items;
}

/** Removes a name; false when somebody else has just done so. */
async function remove({ images }: UntagEngine, name: string, sync: boolean): Promise<boolean> {
  try {
    await images.removeName(name, { sync });
    return true;
  } catch (thrown) {
    if (isError(thrown, "not-found")) return false;
    throw thrown;
  }
}
