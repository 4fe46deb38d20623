import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { Container } from "./container.ts";

/** What a container has written itself, and that with its image, in bytes; nothing for one whose root is not there. */
export async function containerSize(
  { containerd }: Pick<Engine, "containerd">,
  { id, parentSnapshot }: Container,
): Promise<{ SizeRw: number; SizeRootFs: number }> {
  const sizeBytes = await ownBytes(containerd, id);
  if (sizeBytes === undefined) return { SizeRw: 0, SizeRootFs: 0 };
  let total = sizeBytes;
  for (let name = parentSnapshot; name !== ""; ) {
    const [usage, record] = await Promise.all([containerd.snapshots.usage(name), containerd.snapshots.stat(name)]);
    total += usage.sizeBytes;
    name = record.parent;
  }
  return { SizeRw: sizeBytes, SizeRootFs: total };
}

/** Undefined for a container that is just being removed. */
async function ownBytes({ snapshots }: Engine["containerd"], id: string): Promise<number | undefined> {
  try {
    return (await snapshots.usage(id)).sizeBytes;
  } catch (thrown) {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  }
}
