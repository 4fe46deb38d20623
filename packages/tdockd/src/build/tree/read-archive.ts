import { addAbortSignal, Readable } from "node:stream";
import { nameText } from "@tdock/api/name-text";
import { TdockError } from "@tdock/errors/error";
import { plainArchive } from "../../host/plain-archive.ts";
import { readTar, type TarEntry } from "../../host/tar-reader.ts";
import type { TreeEntry } from "./entry.ts";
import { FileTree, treePath } from "./file-tree.ts";
import type { Staging } from "./staging.ts";

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
  const tree = new FileTree();
  try {
    const plain = addAbortSignal(options.signal, Readable.from(await plainArchive(bytes, options.signal)));
    for await (const entry of readTar(plain)) await addEntry(tree, entry, staging, options);
  } catch (thrown) {
    throw options.signal.aborted ? TdockError.from(options.signal.reason) : asArchiveError(thrown);
  }
  return tree;
}

async function addEntry(tree: FileTree, entry: TarEntry, staging: Staging, options: ArchiveOptions): Promise<void> {
  const path = treePath(textOfName(entry.name));
  const { mode, major, minor } = entry;
  const owner = options.keepOwners ? { uid: entry.uid, gid: entry.gid } : { uid: 0, gid: 0 };
  const common = { mode, mtime: entry.mtimeMs / 1000, ...owner };
  switch (entry.type) {
    case "0": {
      const { path: content, size, digest } = await staging.add(entry.data);
      return tree.set(path, { kind: "file", ...common, size, digest, content });
    }
    case "1":
      return tree.set(path, hardLink(tree, entry));
    case "2":
      return tree.set(path, { kind: "link", ...common, mode: 0o777, target: textOfName(entry.linkName) });
    case "3":
    case "4":
      return tree.set(path, { kind: entry.type === "3" ? "char" : "block", ...common, major, minor });
    case "5":
      return tree.set(path, { kind: "folder", ...common });
    case "6":
      return tree.set(path, { kind: "fifo", ...common, major, minor });
  }
}

function textOfName(name: string): string {
  return nameText(Buffer.from(name, "latin1"));
}

/** The same bytes under another name: it must name a file that came before. */
function hardLink(tree: FileTree, { name, linkName }: TarEntry): TreeEntry {
  const first = treePath(textOfName(linkName));
  const target = tree.get(first);
  if (target?.kind === "file") {
    const entry = { ...target, inode: target.content };
    tree.set(first, entry);
    return entry;
  }
  throw new TdockError(
    "invalid-argument",
    `${textOfName(name)}: hard link to ${textOfName(linkName)}, which is no file before it`,
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
