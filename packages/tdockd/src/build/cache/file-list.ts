import { hash } from "node:crypto";
import type { Selected } from "../copy/select.ts";
import type { TreeEntry } from "../tree/entry.ts";

/** So many lines are made bytes at a time: as strings all of them would take several times the memory. */
const linesAtOnce = 1000;

/**
 * What COPY copies, one line a file: names, kinds, modes, owners and digests of bytes, never times.
 * Every file's digest must be known.
 */
export function fileList(selected: readonly Selected[]): Buffer {
  const pieces: Buffer[] = [];
  let lines: string[] = [];
  for (const one of fileLines(selected)) {
    if (lines.push(`${one}\n`) < linesAtOnce) continue;
    pieces.push(Buffer.from(lines.join("")));
    lines = [];
  }
  return Buffer.concat([...pieces, Buffer.from(lines.join(""))]);
}

/** The digest of such a list, in hex. */
export function fileListDigest(list: Buffer): string {
  return hash("sha256", list);
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

/** The names whose lines differ between two lists, as text. */
export function changedFiles(before: string, after: string): FileChange[] {
  const old = new Map(linesOf(before).map(splitLine));
  const changes: FileChange[] = [];
  for (const [path, rest] of linesOf(after).map(splitLine)) {
    const was = old.get(path);
    old.delete(path);
    if (was === undefined) changes.push({ path, change: "added" });
    else if (was !== rest) changes.push({ path, change: "changed" });
  }
  for (const path of old.keys()) changes.push({ path, change: "removed" });
  return changes;
}

function linesOf(list: string): string[] {
  return list.split("\n").filter((one) => one !== "");
}

export interface FileChange {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
}

function splitLine(one: string): [string, string] {
  const [kind = "", mode = "", owner = "", content = "", ...name] = one.split(" ");
  return [JSON.parse(name.join(" ")) as string, `${kind} ${mode} ${owner} ${content}`];
}
