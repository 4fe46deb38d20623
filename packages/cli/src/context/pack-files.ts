import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";
import { type Pack, pack as packTar } from "tar-stream";
import type { ListedFolder } from "./list-folder.ts";

/** Up to here a file is read in one piece. */
const smallBytes = 256 * 1024;

/**
 * The tar archive of the files that the engine lacks, each named by its index in the listing. A file that has changed
 * its size since it was listed fails the archive.
 */
export function packFiles(listed: ListedFolder, indexes: readonly number[]): AsyncIterable<Uint8Array> {
  const pack = packTar();
  packAll(pack, listed, indexes).then(
    () => pack.finalize(),
    (error: Error) => pack.destroy(error),
  );
  return pack as unknown as AsyncIterable<Uint8Array>; // streamx declares what it yields as any
}

async function packAll(pack: Pack, { folder, entries, elsewhere }: ListedFolder, indexes: readonly number[]) {
  for (const index of indexes) {
    const entry = entries[index];
    if (entry === undefined)
      throw new TdockError("internal", `the engine asked for entry ${index}, which is not listed`);
    await packFile(pack, index, elsewhere.get(index) ?? join(folder, entry[0]), Number(entry[4]));
  }
}

function packFile(pack: Pack, index: number, path: string, size: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    const header = { name: String(index), size };
    if (size > smallBytes) {
      pipeline(createReadStream(path), pack.entry(header, done)).catch(reject);
      return;
    }
    const bytes = readFileSync(path);
    if (bytes.length === size) pack.entry(header, bytes, done);
    else reject(new TdockError("conflict", `${path} changed while it was read`));
  });
}
