import { createHash } from "node:crypto";
import type { Selected } from "../copy/select.ts";
import type { TreeEntry } from "../tree/entry.ts";
import type { BytesInParts } from "./digest-memory.ts";

const pieceLength = 64 * 1024;

/** Lines as bytes, in pieces: in one, all of them would be in memory twice while it is made. */
export type FileList = readonly Buffer[];

/**
 * What COPY copies, one line a file: names, kinds, modes, owners and digests of bytes, never times.
 * Every file's digest must be known.
 */
export function fileList(selected: readonly Selected[]): FileList {
  const pieces: Buffer[] = [];
  let text = "";
  for (const one of fileLines(selected)) {
    text += `${one}\n`;
    if (text.length < pieceLength) continue;
    pieces.push(Buffer.from(text));
    text = "";
  }
  return text === "" ? pieces : [...pieces, Buffer.from(text)];
}

/** The digest of such a list, in hex. */
export function fileListDigest(list: FileList): string {
  const digest = createHash("sha256");
  for (const piece of list) digest.update(piece);
  return digest.digest("hex");
}

function* fileLines(selected: readonly Selected[]): Generator<string> {
  for (const { name, root, entries } of selected) {
    const prefix = root.kind === "folder" ? "" : `${name}\0`;
    yield line(root.kind === "folder" ? "" : name, root);
    for (const [path, entry] of entries) yield line(prefix + path, entry);
  }
}

/** The name comes last and is written as JSON, so that no name can imitate another line. */
function line(path: string, entry: TreeEntry): string {
  const { kind, mode, uid, gid } = entry;
  return `${kind} ${mode.toString(8)} ${uid}:${gid} ${contentOf(entry)} ${JSON.stringify(path)}`;
}

/** The digests of the files' bytes in the lines of such a list. */
export function* fileContents(lines: string): Generator<string> {
  for (let at = 0; at < lines.length; at = lines.indexOf("\n", at) + 1 || lines.length) {
    if (!lines.startsWith("file ", at)) continue;
    const owner = lines.indexOf(" ", at + "file ".length) + 1;
    const content = lines.indexOf(" ", owner) + 1;
    yield lines.slice(content, content + digestLength);
  }
}

/** Of a SHA-256 in hex. */
const digestLength = 64;

function contentOf(entry: TreeEntry): string {
  switch (entry.kind) {
    case "file": {
      if (entry.digest === undefined) throw new Error("a file was listed before it was read");
      const capability = entry.capability === undefined ? "" : `+${Buffer.from(entry.capability).toString("hex")}`;
      return entry.digest + capability;
    }
    case "folder":
      return "-";
    case "link":
      return JSON.stringify(entry.target).replaceAll(" ", "\\u0020");
    default:
      return `${entry.major}:${entry.minor}`;
  }
}

/** The names whose lines differ between two lists. What is the same at the beginning and at the end is not read. */
export function changedFiles(before: BytesInParts, after: FileList): FileChange[] {
  const differing = differingPart(before, after);
  const old = new Map(linesOf([differing.before]).map(splitLine));
  const changes: FileChange[] = [];
  for (const [path, rest] of linesOf(differing.after).map(splitLine)) {
    const was = old.get(path);
    old.delete(path);
    if (was === undefined) changes.push({ path, change: "added" });
    else if (was !== rest) changes.push({ path, change: howChanged(was.split(" "), rest.split(" ")) });
  }
  for (const path of old.keys()) changes.push({ path, change: "removed" });
  return changes;
}

function differingPart(before: BytesInParts, after: FileList): { readonly before: Buffer; readonly after: FileList } {
  let [from, to] = [0, before.length];
  let [first, end] = [0, after.length];
  const pieceAt = (index: number) => after[index] as Buffer;
  const isNext = (piece: Buffer) => piece.equals(before.read(from, Math.min(from + piece.length, to)));
  const isLast = (piece: Buffer) => piece.equals(before.read(Math.max(from, to - piece.length), to));
  while (first < end && isNext(pieceAt(first))) from += pieceAt(first++).length;
  while (first < end && isLast(pieceAt(end - 1))) to -= pieceAt(--end).length;
  return { before: before.read(from, to), after: after.slice(first, end) };
}

function linesOf(list: FileList): string[] {
  return list.flatMap((piece) => piece.toString().split("\n")).filter((one) => one !== "");
}

/** Other bytes, or another kind of file, say more than another mode. */
function howChanged(was: readonly string[], now: readonly string[]): string {
  const [oldKind, oldMode, oldOwner, oldContent] = was;
  const [kind, mode, owner, content] = now;
  if (kind !== oldKind || content !== oldContent) return "changed";
  return mode === oldMode ? `owner ${oldOwner} -> ${owner}` : `mode ${oldMode} -> ${mode}`;
}

export interface FileChange {
  readonly path: string;
  /** `added`, `removed`, `changed`, `mode 644 -> 755`. */
  readonly change: string;
}

/** Whether a list, of which this is the beginning, is of a folder whose contents are copied: names start from there. */
export function listsFolder(head: Buffer | undefined): boolean {
  return /^folder \S+ \S+ - ""\n/.test(head?.toString("latin1", 0, 64) ?? "");
}

function splitLine(one: string): [string, string] {
  const [kind = "", mode = "", owner = "", content = "", ...name] = one.split(" ");
  return [JSON.parse(name.join(" ")) as string, `${kind} ${mode} ${owner} ${content}`];
}
