import type { FileHandle } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";
import { contentFileError } from "./content-files.ts";

const pieceBytes = 256 * 1024;

/** Bytes from `start` (inclusive) to `end` (exclusive) of a file, in pieces of at most 256 KiB. The file stays open. */
export async function* readFileRange(
  file: FileHandle,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let position = start; position < end; ) {
    const piece = Buffer.allocUnsafe(Math.min(pieceBytes, end - position));
    const { bytesRead } = await file.read(piece, 0, piece.length, position).catch(rethrow);
    if (bytesRead === 0) throw new TdockError("internal", `file ends at ${position} instead of ${end} bytes`);
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

function rethrow(error: unknown): never {
  throw contentFileError(error);
}
