import type { Value } from "../terminal/template/value.ts";

/** `a=1,b=2`, sorted. */
export function labelsText(labels: Readonly<Record<string, string>> | null | undefined): string {
  return Object.entries(labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(",");
}

/** Title of a column that shows one label: the last part of its name. */
export function labelTitle(name: Value): string {
  return String(name).split(".").at(-1)?.replace(/[-_]/g, " ") ?? "";
}
