import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";
import { type Extract, extract as extractTar, type Header } from "tar-stream";
import { compressionOf, createDecompressor } from "../../host/decompress.ts";
import { peek } from "../../host/peek.ts";
import type { TreeEntry } from "./entry.ts";
import { FileTree, treePath } from "./file-tree.ts";
import type { Staging } from "./staging.ts";

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

export interface ArchiveOptions {
  /** Owners as the archive says; without it everything is root's. */
  readonly keepOwners: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads a tar archive, compressed or not, into a tree, as it arrives: names into memory, bytes into numbered files,
 * hashed in the same pass. Nothing in it can name a place on this machine.
 * Throws `invalid-argument` for what is no archive or is cut off, `forbidden` for a name or hard link that leads
 * outside, `canceled`.
 */
export async function readArchive(
  bytes: AsyncIterable<Uint8Array>,
  staging: Staging,
  options: ArchiveOptions,
): Promise<FileTree> {
  const { head, rest } = await peek(bytes, 6);
  const extract = extractTar();
  const tree = new FileTree();
  const feeding = pipeline(Readable.from(rest), createDecompressor(compressionOf(head)), extract, {
    signal: options.signal,
  });
  // The reader ends when all has arrived, and is told of every failure: what the feeding says comes later or twice.
  feeding.catch(() => {});
  try {
    for await (const entry of extract) await addEntry(tree, entry, staging, options);
  } catch (thrown) {
    extract.destroy();
    throw options.signal.aborted ? TdockError.from(options.signal.reason) : asArchiveError(thrown);
  }
  return tree;
}

async function addEntry(tree: FileTree, entry: Entry, staging: Staging, options: ArchiveOptions): Promise<void> {
  const { header } = entry;
  const path = treePath(header.name);
  const made = await entryOf(tree, entry, staging, options);
  if (made === undefined) entry.resume();
  else tree.set(path, made);
}

async function entryOf(
  tree: FileTree,
  entry: Entry,
  staging: Staging,
  options: ArchiveOptions,
): Promise<TreeEntry | undefined> {
  const { header } = entry;
  const common = commonOf(header, options);
  switch (header.type) {
    case "file":
    case "contiguous-file": {
      const bytes = entry as unknown as AsyncIterable<Uint8Array>; // streamx declares what it yields as any
      const { path, size, digest } = await staging.add(bytes);
      return { kind: "file", ...common, size, digest, content: path };
    }
    case "directory":
      return { kind: "folder", ...common };
    case "symlink":
      return { kind: "link", ...common, mode: 0o777, target: header.linkname ?? "" };
    case "link":
      return hardLink(tree, header);
    case "fifo":
    case "character-device":
    case "block-device": {
      const kind = header.type === "fifo" ? "fifo" : header.type === "block-device" ? "block" : "char";
      return { kind, ...common, major: header.devmajor ?? 0, minor: header.devminor ?? 0 };
    }
    default:
      return undefined;
  }
}

function commonOf(header: Header, { keepOwners }: ArchiveOptions) {
  const owner = keepOwners ? { uid: header.uid ?? 0, gid: header.gid ?? 0 } : { uid: 0, gid: 0 };
  return { mode: (header.mode ?? 0o644) & 0o7777, ...owner, mtime: (header.mtime?.getTime() ?? 0) / 1000 };
}

/** The same bytes under another name: it must name a file that came before. */
function hardLink(tree: FileTree, header: Header): TreeEntry {
  const first = treePath(header.linkname ?? "");
  const target = tree.get(first);
  if (target?.kind === "file") {
    const entry = { ...target, inode: target.content };
    tree.set(first, entry);
    return entry;
  }
  throw new TdockError(
    "invalid-argument",
    `${header.name}: hard link to ${header.linkname}, which is no file before it`,
  );
}

function asArchiveError(thrown: unknown): TdockError {
  const error = TdockError.from(thrown);
  if (error.code !== "internal" || isDiskError(thrown)) return error;
  return new TdockError("invalid-argument", `not a readable tar archive: ${error.message}`, { cause: thrown });
}

function isDiskError(thrown: unknown): boolean {
  return (
    typeof (thrown as NodeJS.ErrnoException).errno === "number" &&
    (thrown as NodeJS.ErrnoException).syscall !== undefined
  );
}
