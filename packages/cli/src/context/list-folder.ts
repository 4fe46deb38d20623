import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { ContextEntry } from "@tdock/api/build";
import { createIgnoreMatcher, type IgnoreMatcher, type IgnoreResult, parseIgnoreFile } from "@tdock/api/ignore";

/** What a build context's folder holds. */
export interface ListedFolder {
  readonly folder: string;
  readonly entries: readonly ContextEntry[];
  /** Where the bytes of an entry lie: its path in the folder, unless it is listed here by its index. */
  readonly elsewhere: ReadonlyMap<number, string>;
}

/** A file that changed this recently may change again without its time changing: its bytes are always sent. */
const settledMs = 2000;
/** The name that a Dockerfile from outside the folder has in the context; the engine hides it from COPY. */
export const foreignDockerfile = ".tdock-dockerfile";

/**
 * Lists a folder as the engine wants to know it, without what the ignore file leaves out. The Dockerfile and the
 * ignore files are always listed: the engine reads them, and hides them again. `dockerfile` is a path in the folder.
 */
export function listFolder(folder: string, dockerfile: string): ListedFolder {
  const matcher = createIgnoreMatcher(readPatterns(folder, dockerfile));
  const always = new Set([dockerfile, ".dockerignore", `${dockerfile}.dockerignore`]);
  const entries: ContextEntry[] = [];
  walk({ folder, matcher, always, entries, settled: Date.now() - settledMs }, "", undefined);
  return { folder, entries, elsewhere: new Map() };
}

/** The listing with a Dockerfile that lies elsewhere, under {@link foreignDockerfile}. */
export function withForeignDockerfile(listed: ListedFolder, path: string, size: number): ListedFolder {
  const entry: ContextEntry = [foreignDockerfile, "f", 0o644, 0, size, ""];
  const elsewhere = new Map([...listed.elsewhere, [listed.entries.length, path]]);
  return { ...listed, entries: [...listed.entries, entry], elsewhere };
}

function readPatterns(folder: string, dockerfile: string): string[] {
  for (const name of [`${dockerfile}.dockerignore`, ".dockerignore"]) {
    try {
      return parseIgnoreFile(readFileSync(join(folder, name), "utf8"));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    }
  }
  return [];
}

interface Walk {
  readonly folder: string;
  readonly matcher: IgnoreMatcher;
  readonly always: ReadonlySet<string>;
  readonly entries: ContextEntry[];
  /** What changed before this, in milliseconds since 1970, can be told by its time. */
  readonly settled: number;
}

function walk(all: Walk, below: string, parent: IgnoreResult | undefined): void {
  for (const name of readdirSync(join(all.folder, below)).sort()) {
    const path = below === "" ? name : `${below}/${name}`;
    const result = all.matcher.test(path, parent);
    const isAlways = all.always.has(path);
    const isAbove = [...all.always].some((one) => one.startsWith(`${path}/`));
    if (result.ignored && !isAlways && !isAbove && !all.matcher.mayHoldIncluded(path)) continue;
    const entry = entryOf(all, path);
    if (entry === undefined) continue;
    if (!result.ignored || isAlways) all.entries.push(entry);
    if (entry[1] === "d") walk(all, path, result);
  }
}

/** Sockets, devices and FIFOs cannot be copied: they are left out. */
function entryOf({ folder, settled }: Walk, path: string): ContextEntry | undefined {
  const place = join(folder, path);
  const found = lstatSync(place);
  const mode = found.mode & 0o7777;
  const mtime = found.mtimeMs / 1000;
  if (found.isDirectory()) return [path, "d", mode, mtime, 0, ""];
  if (found.isSymbolicLink()) return [path, "l", mode, mtime, readlinkSync(place), ""];
  if (!found.isFile()) return undefined;
  // The change time cannot be set by anybody, which the modification time can.
  const stamp = found.ctimeMs < settled ? `${found.dev}:${found.ino}:${found.ctimeMs}` : "";
  return [path, "f", mode, mtime, found.size, stamp];
}
