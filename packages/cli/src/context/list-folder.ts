import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { encodeListedEntry, listingEnds, parseContextListing } from "@tdock/api/context-listing";
import { createIgnoreMatcher, type IgnoreMatcher, type IgnoreResult, parseIgnoreFile } from "@tdock/api/ignore";
import { diskName, nameText, replacement } from "@tdock/api/name-text";
import { bun } from "../client/bun.ts";
import { listWithFind } from "./list-with-find.ts";

/** What a build context's folder holds, as the engine wants to know it. */
export interface ListedFolder {
  /** Seconds since 1970. */
  readonly listedAt: number;
  readonly text: Buffer;
  /** SHA-256 of the text in hex. */
  readonly digest: string;
  /** Where the bytes of the entry with this number lie. */
  pathOf(number: number): string | Buffer;
}

/** The name that a Dockerfile from outside the folder has in the context; the engine hides it from COPY. */
export const foreignDockerfile = ".tdock-dockerfile";

/**
 * Lists a folder, without what the ignore file leaves out. The Dockerfile and the ignore files are always listed: the
 * engine reads them, and hides them again. `dockerfile` is a path in the folder; what comes along from `outside` has its
 * path by its name in the context.
 */
export async function listFolder(
  folder: string,
  dockerfile: string,
  outside: ReadonlyMap<string, string> = new Map(),
): Promise<ListedFolder> {
  const listedAt = Date.now() / 1000;
  const placeOf = (path: string) => outside.get(path) ?? diskName(`${folder}/${path}`);
  const patterns = readPatterns(placeOf, dockerfile);
  const found = patterns.length === 0 ? await listWithFind(folder) : undefined;
  const inside = found ?? listByHand(folder, dockerfile, patterns);
  const others = [...outside].map(([name, path]) => Buffer.from(entryText(path, name)));
  const text = others.length === 0 ? inside : Buffer.concat([inside, ...others]);
  let ends: Uint32Array | undefined;
  return {
    listedAt,
    text,
    digest: new bun.CryptoHasher("sha256").update(text).digest("hex"),
    pathOf(number) {
      ends ??= listingEnds(text);
      const [entry] = parseContextListing(nameText(text.subarray(ends[number - 1] ?? 0, ends[number])));
      return placeOf(entry?.path ?? "");
    },
  };
}

function readPatterns(placeOf: (path: string) => string | Buffer, dockerfile: string): string[] {
  for (const name of [`${dockerfile}.dockerignore`, ".dockerignore"]) {
    try {
      return parseIgnoreFile(readFileSync(placeOf(name), "utf8"));
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
  readonly texts: Buffer[];
}

function listByHand(folder: string, dockerfile: string, patterns: readonly string[]): Buffer {
  const always = new Set([dockerfile, ".dockerignore", `${dockerfile}.dockerignore`]);
  const texts: Buffer[] = [];
  walk({ folder, matcher: createIgnoreMatcher(patterns), always, texts }, "", undefined);
  return Buffer.concat(texts);
}

function walk(all: Walk, below: string, parent: IgnoreResult | undefined): void {
  const { matcher, always, texts } = all;
  for (const name of namesIn(`${all.folder}/${below}`).sort()) {
    const path = below === "" ? name : `${below}/${name}`;
    const result = matcher.test(path, parent);
    const isIgnored = result.ignored && !always.has(path);
    if (isIgnored && !mayHold(all, path)) continue;
    const text = entryText(`${all.folder}/${path}`, path);
    if (!isIgnored) texts.push(Buffer.from(diskName(text)));
    if (text.startsWith("d")) walk(all, path, result);
  }
}

/** Bytes that are no text are asked for again where there are any, which is hardly ever. */
function namesIn(folder: string): string[] {
  const names = readdirSync(diskName(folder));
  if (!names.some((name) => name.includes(replacement))) return names;
  return readdirSync(diskName(folder), { encoding: "buffer" }).map(nameText);
}

/** Whether something below an ignored folder is wanted all the same. */
function mayHold({ matcher, always }: Walk, path: string): boolean {
  return matcher.mayHoldIncluded(path) || [...always].some((one) => one.startsWith(`${path}/`));
}

/** Sockets, devices and FIFOs cannot be copied: they are left out. */
function entryText(place: string, path: string): string {
  const found = lstatSync(diskName(place));
  const kind = found.isFile() ? "f" : found.isDirectory() ? "d" : found.isSymbolicLink() ? "l" : undefined;
  if (kind === undefined) return "";
  const { mode, mtimeMs, size, dev, ino, ctimeMs } = found;
  // The change time cannot be set by anybody, which the modification time can.
  const stamp = `${dev}:${ino}:${ctimeMs / 1000}`;
  const target = kind === "l" ? nameText(readlinkSync(diskName(place), { encoding: "buffer" })) : "";
  return encodeListedEntry({ path, kind, mode: mode & 0o7777, mtime: mtimeMs / 1000, size, target, stamp });
}
