import type { Engine } from "../engine.ts";
import type { Container } from "./container.ts";

/** What a container has written itself, and that with its image, in bytes. */
export async function containerSize(
  { containerd }: Pick<Engine, "containerd">,
  { id, parentSnapshot }: Container,
): Promise<{ SizeRw: number; SizeRootFs: number }> {
  const { sizeBytes } = await containerd.snapshots.usage(id);
  let total = sizeBytes;
  for (let name = parentSnapshot; name !== ""; ) {
    const [usage, record] = await Promise.all([containerd.snapshots.usage(name), containerd.snapshots.stat(name)]);
    total += usage.sizeBytes;
    name = record.parent;
  }
  return { SizeRw: sizeBytes, SizeRootFs: total };
}
