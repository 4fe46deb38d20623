import { closeSync, constants, openSync, read, readSync } from "node:fs";
import { promisify } from "node:util";
import { TdockError } from "@tdock/errors/error";
import { Chunk } from "./chunk.ts";
import { encodeTarHeader, endOfTar, tarPadding } from "./encode-tar-header.ts";
import { type PackedEntry, walkLayer } from "./walk-layer.ts";

/**
 * The tar archive of a layer, made from the folder that overlayfs keeps what a step changed in. The same folder always
 * gives the same bytes: names in order, times in whole seconds, numbers for owners. What was removed becomes a
 * `.wh.` file, as of https://github.com/opencontainers/image-spec/blob/main/layer.md.
 * The folder must not change meanwhile; a file that does throws `internal`. A chunk holds good only until the next is
 * asked for: its memory is used again. What `omitted` names (`etc/hosts`) is left out, with all below it.
 */
export async function* packLayer(folder: string, omitted: ReadonlySet<string> = new Set()): AsyncGenerator<Uint8Array> {
  const chunk = new Chunk(chunkBytes);
  for (const entry of walkLayer(folder, omitted)) {
    yield* filled(chunk, encodeTarHeader(entry.header));
    if (entry.place === undefined) continue;
    yield* fileBytes(chunk, entry.place, entry);
    yield* filled(chunk, tarPadding(entry.header.size));
  }
  yield* filled(chunk, endOfTar);
  if (!chunk.isEmpty) yield chunk.take();
}

/** As large as small files are: these are read within the call, since most layers are mostly such. */
const chunkBytes = 256 * 1024;

/** Adds the bytes; yields the chunk whenever it is full. */
function* filled(chunk: Chunk, bytes: Uint8Array): Generator<Uint8Array> {
  let rest = chunk.add(bytes);
  while (chunk.isFull) {
    yield chunk.take();
    rest = chunk.add(rest);
  }
}

async function* fileBytes(chunk: Chunk, place: Buffer, { header }: PackedEntry): AsyncGenerator<Uint8Array> {
  const { size } = header;
  const isSmall = size <= chunkBytes;
  let packed = 0;
  const fd = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    for (;;) {
      const { room } = chunk;
      const length = isSmall ? readSync(fd, room) : (await readAsync(fd, room, 0, room.length, null)).bytesRead;
      if (length === 0) break;
      packed += length;
      chunk.grow(length);
      if (chunk.isFull) yield chunk.take();
      if (packed === size) break;
    }
  } finally {
    closeSync(fd);
  }
  if (packed !== size) {
    throw new TdockError("internal", `${Buffer.from(header.name).toString()} changed while it was packed`);
  }
}

const readAsync = promisify(read);
