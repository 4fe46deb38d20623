/** Labels of a containerd object. Keys and values together are at most 4096 bytes each pair. */
export type Labels = Readonly<Record<string, string>>;

/** A change of labels: a string sets one, undefined removes it; labels that are not named stay. */
export type LabelChanges = Readonly<Record<string, string | undefined>>;

/**
 * The change as containerd's Update calls take it: a field mask that names each label, and the labels to set.
 * A label that is in the mask but has the value "" is removed.
 */
export function labelUpdate(changes: LabelChanges) {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(changes)) labels[key] = value ?? "";
  return { labels, updateMask: { paths: Object.keys(changes).map((key) => `labels.${key}`) } };
}
