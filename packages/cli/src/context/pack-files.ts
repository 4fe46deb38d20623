import { createReadStream, readFileSync, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { type Pack, pack as packTar } from "tar-stream";
import type { ListedFolder } from "./list-folder.ts";

/** Up to here a file is read in one piece. */
const smallBytes = 256 * 1024;

/** The tar archive of the files that the engine lacks, each named by its number in the listing. */
export function packFiles(listed: ListedFolder, numbers: readonly number[]): AsyncIterable<Uint8Array> {
  const pack = packTar();
  packAll(pack, listed, numbers).then(
    () => pack.finalize(),
    (error: Error) => pack.destroy(error),
  );
  return inLargePieces(pack as unknown as AsyncIterable<Uint8Array>); // streamx declares what it yields as any
}

const pieceBytes = 256 * 1024;

/** Joins small pieces: each costs a system call on both sides. */
async function* inLargePieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < pieceBytes) continue;
    yield Buffer.concat(held, size);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held, size);
}

async function packAll(pack: Pack, listed: ListedFolder, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await packFile(pack, String(number), listed.pathOf(number));
}

function packFile(pack: Pack, name: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    const { size } = statSync(path);
    if (size <= smallBytes) pack.entry({ name }, readFileSync(path), done);
    else pipeline(createReadStream(path, { end: size - 1 }), pack.entry({ name, size }, done)).catch(reject);
  });
}
