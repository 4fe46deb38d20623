import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import {
  canonicalReference,
  familiarReference,
  type ImageReference,
  parseReference,
  requireReference,
  withDefaultTag,
} from "./flags/reference.ts";
import { replaceFile } from "./replace-file.ts";

/** Which digest each tag stands for: full reference (`docker.io/library/busybox:latest`) to `sha256:…`. */
export type Lock = ReadonlyMap<string, string>;

const fileName = "tdock.lock";
const heading = "# Which digest each tag stands for. Written by tdock lock, followed with --locked.\n";

/** The lock of a folder; undefined when it has none. Throws `invalid-argument` that names the line that is none. */
export async function readLock(folder: string): Promise<Lock | undefined> {
  const path = join(folder, fileName);
  const text = await readFile(path, "utf8").catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ENOENT") return undefined;
    throw new TdockError("invalid-argument", `cannot read ${path}: ${thrown.message}`, { cause: thrown });
  });
  if (text === undefined) return undefined;
  const lines = text.split("\n").map((line) => line.trim());
  return new Map(
    lines.flatMap((line, index) =>
      line === "" || line.startsWith("#") ? [] : [readLine(line, `${path}:${index + 1}`)],
    ),
  );
}

/** As {@link readLock}; throws `not-found` when there is none. */
export async function requireLock(folder: string): Promise<Lock> {
  const lock = await readLock(folder);
  if (lock !== undefined) return lock;
  throw new TdockError("not-found", `no ${join(folder, fileName)}: write it with "tdock lock IMAGE..."`);
}

/** Writes the lock of a folder, whole or not at all, in the order of names. Throws `invalid-argument` when it cannot. */
export function writeLock(folder: string, lock: Lock): void {
  const rows = [...lock].map(([name, digest]) => `${shownName(name)} ${digest}\n`).sort();
  const path = join(folder, fileName);
  try {
    replaceFile(path, heading + rows.join(""));
  } catch (cause) {
    throw new TdockError("invalid-argument", `cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** The name of a tag in a lock; undefined for what says a digest itself. Throws `invalid-argument`. */
export function lockedName(image: string): string | undefined {
  const reference = withDefaultTag(requireReference(image));
  return reference.digest === undefined ? canonicalReference(reference) : undefined;
}

/** The digest that a folder's lock has for a tag; undefined for what says a digest itself. Throws `not-found`. */
export async function lockedDigest(folder: string, image: string): Promise<string | undefined> {
  const name = lockedName(image);
  if (name === undefined) return undefined;
  const digest = (await requireLock(folder)).get(name);
  if (digest !== undefined) return digest;
  const shown = shownName(name);
  throw new TdockError("not-found", `${shown} is not in ${fileName}: add it with "tdock lock ${shown}"`);
}

/** The short form that users know. */
export function shownName(name: string): string {
  return familiarReference(parseReference(name) as ImageReference);
}

function readLine(line: string, place: string): readonly [string, string] {
  const [name = "", digest = "", ...rest] = line.split(/\s+/);
  const reference = parseReference(name);
  const isRow = reference !== undefined && reference.digest === undefined && /^sha256:[0-9a-f]{64}$/.test(digest);
  if (isRow && rest.length === 0) return [canonicalReference(withDefaultTag(reference)), digest];
  throw new TdockError("invalid-argument", `${place}: wanted NAME:TAG and sha256:DIGEST, got ${line.slice(0, 200)}`);
}
