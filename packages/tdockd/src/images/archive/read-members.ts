import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";
import { type Extract, extract as extractTar } from "tar-stream";
import { plainArchive } from "../../host/plain-archive.ts";

/** A file of an archive, on disk under a number, so that no name of the archive ever becomes a path here. */
export interface ArchiveMember {
  readonly path: string;
  readonly size: number;
  /** Digest of its bytes, computed as they came: `sha256:…`. */
  readonly digest: string;
}

/** An archive's files by their names in it, links inside it followed. */
export class ArchiveMembers {
  readonly #files = new Map<string, ArchiveMember>();
  readonly #links = new Map<string, string>();

  add(name: string, member: ArchiveMember): void {
    this.#files.set(name, member);
  }

  link(name: string, target: string): void {
    this.#links.set(name, target);
  }

  /** The file of a name, or undefined. A link that leads out of the archive leads nowhere. */
  find(name: string): ArchiveMember | undefined {
    let current = normal(name);
    for (let hops = 0; hops < maxLinkHops && current !== undefined; hops += 1) {
      const file = this.#files.get(current);
      if (file !== undefined) return file;
      const target = this.#links.get(current);
      current = target === undefined ? undefined : normal(target);
    }
    return undefined;
  }

  /** `find`, but throws `invalid-argument` when there is no such file. */
  get(name: string): ArchiveMember {
    const member = this.find(name);
    if (member !== undefined) return member;
    throw new TdockError("invalid-argument", `invalid archive: ${JSON.stringify(name.slice(0, 200))} is not in it`);
  }

  /** The bytes of a small file. Throws `invalid-argument` when it is missing or over `limitBytes`. */
  async read(name: string, limitBytes: number): Promise<Buffer> {
    const { path, size } = this.get(name);
    if (size > limitBytes) {
      throw new TdockError("invalid-argument", `invalid archive: ${name} is over ${limitBytes} bytes`);
    }
    return readFile(path);
  }
}

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

const maxMembers = 100_000;
const maxLinkHops = 8;
/** Documents that are read whole, with the size beyond which the archive is refused at once. */
const documentLimits: Readonly<Record<string, number>> = {
  "manifest.json": 1024 * 1024,
  "index.json": 4 * 1024 * 1024,
  "oci-layout": 1024,
  repositories: 1024 * 1024,
};

/**
 * Reads an archive of images, compressed or not, into `folder` as it arrives, every file hashed on the way.
 * Throws `invalid-argument` for what is no archive, is cut off or has impossible documents; `canceled`.
 */
export async function readMembers(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  signal: AbortSignal,
): Promise<ArchiveMembers> {
  const members = new ArchiveMembers();
  const extract = extractTar();
  const feeding = pipeline(Readable.from(await plainArchive(bytes, signal)), extract, { signal });
  // The reader below is told of every failure.
  feeding.catch(() => undefined);
  let count = 0;
  try {
    for await (const entry of extract) {
      count += 1;
      if (count > maxMembers) throw new TdockError("invalid-argument", `invalid archive: over ${maxMembers} files`);
      await keep(members, entry, join(folder, String(count)));
    }
  } catch (thrown) {
    extract.destroy();
    if (signal.aborted || thrown instanceof TdockError || hasErrno(thrown)) throw TdockError.from(thrown);
    throw new TdockError("invalid-argument", `invalid archive: ${(thrown as Error).message}`, { cause: thrown });
  }
  return members;
}

async function keep(members: ArchiveMembers, entry: Entry, path: string): Promise<void> {
  const { name, type, size = 0, linkname } = entry.header;
  const known = normal(name);
  if (known === undefined)
    throw new TdockError("invalid-argument", `invalid archive: the name ${quote(name)} leaves it`);
  const limit = Object.hasOwn(documentLimits, known) ? (documentLimits[known] as number) : undefined;
  if (limit !== undefined && size > limit) {
    throw new TdockError("invalid-argument", `invalid archive: ${known} is over ${limit} bytes`);
  }
  if (type === "symlink") members.link(known, resolved(known, linkname ?? ""));
  else if (type === "link") members.link(known, linkname ?? "");
  if (type !== "file" && type !== "contiguous-file") {
    entry.resume();
    return;
  }
  members.add(known, await writeMember(entry, path));
}

async function writeMember(entry: Entry, path: string): Promise<ArchiveMember> {
  await using file = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
    await file.appendFile(chunk);
  }
  return { path, size, digest: `sha256:${hash.digest("hex")}` };
}

/** A name without `./`, doubled slashes and `..`; undefined when it leads out. */
function normal(name: string): string | undefined {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return name.startsWith("/") ? undefined : parts.join("/");
}

function resolved(name: string, target: string): string {
  return target.startsWith("/") ? target : `${name.slice(0, name.lastIndexOf("/") + 1)}${target}`;
}

function hasErrno(thrown: unknown): boolean {
  return typeof (thrown as NodeJS.ErrnoException).errno === "number";
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
