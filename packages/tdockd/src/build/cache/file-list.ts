import { createHash } from "node:crypto";
import type { Selected } from "../copy/select.ts";
import type { TreeEntry } from "../tree/entry.ts";

/**
 * What COPY copies, one line a file: names, kinds, modes, owners and digests of bytes, never times.
 * Every file's digest must be known.
 */
export function fileList(selected: readonly Selected[]): string[] {
  return selected.flatMap(({ name, root, entries }) => {
    const prefix = root.kind === "folder" ? "" : `${name}\0`;
    return [
      line(root.kind === "folder" ? "" : name, root),
      ...entries.map(([path, entry]) => line(prefix + path, entry)),
    ];
  });
}

/** The digest of such a list, in hex. */
export function fileListDigest(lines: readonly string[]): string {
  const hash = createHash("sha256");
  for (const one of lines) hash.update(one).update("\n");
  return hash.digest("hex");
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

/** The names whose lines differ between two lists. */
export function changedFiles(before: readonly string[], after: readonly string[]): FileChange[] {
  const old = new Map(before.map(splitLine));
  const changes: FileChange[] = [];
  for (const [path, rest] of after.map(splitLine)) {
    const was = old.get(path);
    old.delete(path);
    if (was === undefined) changes.push({ path, change: "added" });
    else if (was !== rest) changes.push({ path, change: "changed" });
  }
  for (const path of old.keys()) changes.push({ path, change: "removed" });
  return changes;
}

export interface FileChange {
  readonly path: string;
  readonly change: "added" | "changed" | "removed";
}

function splitLine(one: string): [string, string] {
  const [kind = "", mode = "", owner = "", content = "", ...name] = one.split(" ");
  return [JSON.parse(name.join(" ")) as string, `${kind} ${mode} ${owner} ${content}`];
}
