import type { NamedImage, NewNamedImage } from "@tdock/containerd/images";
import type { LabelChanges } from "@tdock/containerd/labels";
import { type Target, targetKey } from "./image.ts";
import type { NamedTarget } from "./lookup.ts";

const platformLabel = "tdock.platform";
/** The label by which other clients of containerd know a pinned image, too. */
const pinLabel = { name: "io.cri-containerd.pinned", value: "pinned" };

/** containerd's names as they were read at one time. */
export interface NameTable {
  readonly named: readonly NamedTarget[];
  /** By `targetKey`. */
  readonly groups: ReadonlyMap<string, NameGroup>;
}

/** The names of one target. */
export interface NameGroup {
  readonly target: Target;
  readonly names: readonly string[];
  /** Those of the names that are pinned. */
  readonly pinnedNames: readonly string[];
}

/** containerd's list as a table. The inverse, for one name, of {@link namedImage}. */
export function nameTable(images: readonly NamedImage[]): NameTable {
  const named = images.map(({ name, target: { mediaType, digest, size }, createdAt, labels }) => {
    const platform = labels[platformLabel];
    const isPinned = labels[pinLabel.name] === pinLabel.value;
    return { name, target: { mediaType, digest, size, ...(platform && { platform }) }, createdAt, isPinned };
  });
  const groups = new Map<string, NameGroup & { names: string[]; pinnedNames: string[] }>();
  for (const { name, target, isPinned } of named) {
    const key = targetKey(target);
    const group = groups.get(key) ?? { target, names: [], pinnedNames: [] };
    groups.set(key, group);
    group.names.push(name);
    if (isPinned) group.pinnedNames.push(name);
  }
  return { named, groups };
}

/** A name and its target as containerd keeps them. */
export function namedImage(name: string, { platform, ...target }: Target, isPinned: boolean): NewNamedImage {
  const labels = {
    ...(platform !== undefined && { [platformLabel]: platform }),
    ...(isPinned && { [pinLabel.name]: pinLabel.value }),
  };
  return { name, target, labels };
}

/** The change of a name's labels that pins it, or lets it go. */
export function pinLabels(isPinned: boolean): LabelChanges {
  return { [pinLabel.name]: isPinned ? pinLabel.value : undefined };
}
