import { TdockError } from "@tdock/errors/error";
import { type Target, targetKey } from "./image.ts";
import { referenceOf } from "./names.ts";
import { formatReference, parseReference, repositoryName, withDefaultTag } from "./reference.ts";

/** A name and what it points at. */
export interface NamedTarget {
  readonly name: string;
  readonly target: Target;
  readonly createdAt: Date | undefined;
  /** Nothing is to remove it unasked. */
  readonly isPinned: boolean;
}

/**
 * The target that a user means: by full ID, by containerd's very name, by reference, by repository and digest, or by a
 * unique prefix of an ID. Throws `invalid-argument` for an ambiguous prefix and for a text that cannot mean an image.
 */
export async function findTarget(
  named: readonly NamedTarget[],
  text: string,
  idOf: (target: Target) => Promise<string | undefined>,
): Promise<Target | undefined> {
  const hex = text.startsWith("sha256:") ? text.slice(7) : text;
  if (/^[a-f0-9]{64}$/.test(hex)) return byIdPrefix(named, hex, text, idOf);
  const exact = named.find(({ name }) => name === text);
  if (exact !== undefined) return exact.target;
  const isPrefix = /^[a-f0-9]{1,63}$/.test(hex);
  return byReference(named, text, isPrefix) ?? (isPrefix ? byIdPrefix(named, hex, text, idOf) : undefined);
}

function byReference(named: readonly NamedTarget[], text: string, mayBePrefix: boolean): Target | undefined {
  if (mayBePrefix && text.startsWith("sha256:")) return undefined;
  const reference = withDefaultTag(parseReference(text));
  if (reference.digest === undefined) {
    const name = formatReference(reference);
    return named.find((one) => one.name === name)?.target;
  }
  const repository = repositoryName(reference);
  return named.find(({ name, target }) => {
    const known = referenceOf(name);
    return known !== undefined && repositoryName(known) === repository && target.digest === reference.digest;
  })?.target;
}

async function byIdPrefix(
  named: readonly NamedTarget[],
  hex: string,
  text: string,
  idOf: (target: Target) => Promise<string | undefined>,
): Promise<Target | undefined> {
  const targets = new Map(named.map(({ target }) => [targetKey(target), target]));
  const matches = new Map<string, Target>();
  for (const target of targets.values()) {
    const id = await idOf(target);
    if (id?.slice(7).startsWith(hex) || target.digest.slice(7).startsWith(hex))
      matches.set(id ?? targetKey(target), target);
  }
  if (matches.size > 1) {
    throw new TdockError("invalid-argument", `multiple IDs found with provided prefix: ${text}`);
  }
  return matches.values().next().value;
}
