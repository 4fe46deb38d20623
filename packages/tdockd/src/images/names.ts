import { familiarName, formatFamiliar, parseReference, type Reference } from "./reference.ts";

const danglingPrefix = "tdock-dangling@";

/** The containerd name that keeps an image which has lost its last tag. Shows as `<none>`. */
export function danglingName(digest: string): string {
  return danglingPrefix + digest;
}

export function isDanglingName(name: string): boolean {
  return name.startsWith(danglingPrefix);
}

/** Docker's reference that a containerd name is, or undefined for a name of another kind. */
export function referenceOf(name: string): Reference | undefined {
  if (isDanglingName(name)) return undefined;
  try {
    const reference = parseReference(name);
    return reference.tag === undefined && reference.digest === undefined ? undefined : reference;
  } catch {
    return undefined;
  }
}

/** A containerd name as users know it. */
export function formatName(name: string): string {
  const reference = referenceOf(name);
  return reference === undefined ? name : formatFamiliar(reference);
}

/** What Docker shows of the names of one target. */
export function shownNames(names: readonly string[], digest: string) {
  const references = names.map(referenceOf).filter((reference) => reference !== undefined);
  const repoTags = references
    .filter(({ tag, digest }) => tag !== undefined && digest === undefined)
    .map(formatFamiliar);
  const repositories = new Set(references.map(familiarName));
  return { repoTags: repoTags.sort(), repoDigests: [...repositories].sort().map((name) => `${name}@${digest}`) };
}
