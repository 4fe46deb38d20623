import type { Filters } from "./filters.ts";

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Whether labels satisfy every `key` or `key=value`. */
export function hasLabels(labels: Labels, wanted: readonly string[]): boolean {
  return wanted.every((one) => {
    const mark = one.indexOf("=");
    const key = mark < 0 ? one : one.slice(0, mark);
    return labels != null && Object.hasOwn(labels, key) && (mark < 0 || labels[key] === one.slice(mark + 1));
  });
}

/** Whether labels pass the filters `label` (all of them) and `label!` (none of them). */
export function passesLabelFilters(labels: Labels, filters: Filters | undefined): boolean {
  if (!hasLabels(labels, filters?.label ?? [])) return false;
  return !(filters?.["label!"] ?? []).some((label) => hasLabels(labels, [label]));
}
