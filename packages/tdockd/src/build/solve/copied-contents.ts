import type { DigestMemory } from "../cache/digest-memory.ts";
import { fileContents } from "../cache/file-list.ts";
import type { CopyFiles } from "./copy-files.ts";
import { listName } from "./miss-reason.ts";

/** Digests of the bytes of all files that steps copied, as far as their lists are known. */
export async function copiedContents(memory: DigestMemory, copied: readonly CopyFiles[]): Promise<ReadonlySet<string>> {
  const contents = new Set<string>();
  for (const { digest, list } of copied) {
    for (const piece of list ?? [(await memory.get(listName(digest))) ?? ""]) {
      for (const content of fileContents(piece.toString())) contents.add(content);
    }
  }
  return contents;
}
