import type { NamedImage, NewNamedImage } from "@tdock/containerd/images";
import { type Target, targetKey } from "./image.ts";
import type { NamedTarget } from "./lookup.ts";

const platformLabel = "tdock.platform";

/** containerd's names as they were read at one time. */
export interface NameTable {
  readonly named: readonly NamedTarget[];
  /** By `targetKey`. */
  readonly groups: ReadonlyMap<string, { readonly target: Target; readonly names: readonly string[] }>;
}

/** containerd's list as a table. The inverse, for one name, of {@link namedImage}. */
export function nameTable(images: readonly NamedImage[]): NameTable {
  const named = images.map(({ name, target: { mediaType, digest, size }, createdAt, labels }) => {
    const platform = labels[platformLabel];
    return { name, target: { mediaType, digest, size, ...(platform && { platform }) }, createdAt };
  });
  const groups = new Map<string, { target: Target; names: string[] }>();
  for (const { name, target } of named) {
    const key = targetKey(target);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { target, names: [name] });
    else group.names.push(name);
  }
  return { named, groups };
}

/** A name and its target as containerd keeps them. */
export function namedImage(name: string, { platform, ...target }: Target): NewNamedImage {
  return { name, target, labels: platform === undefined ? {} : { [platformLabel]: platform } };
}
