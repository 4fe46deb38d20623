import { createHash, hash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { diskName } from "@tdock/api/name-text";
import type { FileEntry, TreeEntry } from "./entry.ts";
import type { FileTree } from "./file-tree.ts";

/** Up to here a file is read within the call. */
const smallBytes = 256 * 1024;

/** The entry, with the digest of a file's bytes known. */
export async function withDigest(entry: TreeEntry, signal: AbortSignal): Promise<TreeEntry> {
  if (entry.kind !== "file" || entry.digest !== undefined) return entry;
  signal.throwIfAborted();
  return { ...entry, digest: await digestOfFile(entry) };
}

/** Makes all digests of a tree known. */
export async function hashTree(tree: FileTree, signal: AbortSignal): Promise<void> {
  for (const [path, entry] of [...tree.all()]) tree.set(path, await withDigest(entry, signal));
}

async function digestOfFile({ content, size }: FileEntry): Promise<string> {
  if (size <= smallBytes) {
    await nextTurn();
    return hash("sha256", readFileSync(diskName(content)));
  }
  const digest = createHash("sha256");
  for await (const chunk of createReadStream(diskName(content), { highWaterMark: smallBytes }))
    digest.update(chunk as Buffer);
  return digest.digest("hex");
}
