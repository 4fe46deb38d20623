import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { encodeFileHead, maxHeadBytes } from "@tdock/api/context-files";
import { TdockError } from "@tdock/errors/error";
import type { ListedFolder } from "./list-folder.ts";

type Path = ReturnType<ListedFolder["pathOf"]>;

/** So much is sent at a time: each piece costs system calls on both sides. A file that is no larger is read at once. */
const pieceBytes = 256 * 1024;

/** The files that the engine lacks, one after the other, each with its number in the listing before it. */
export async function* packFiles(listed: ListedFolder, numbers: readonly number[]): AsyncGenerator<Uint8Array> {
  let piece = newPiece();
  for (const number of numbers) {
    const path = listed.pathOf(number);
    const fd = open(path);
    const { size } = fstatSync(fd);
    if (piece.length > 0 && piece.length + maxHeadBytes + size > pieceBytes) {
      yield taken(piece);
      piece = newPiece();
    }
    addHead(piece, number, size);
    if (size <= pieceBytes) {
      addFile(piece, fd, size, path);
      continue;
    }
    yield taken(piece);
    piece = newPiece();
    yield* largeFile(fd, size, path);
  }
  if (piece.length > 0) yield taken(piece);
}

/** Its own error would be taken for one of the connection that the file was to be sent over. */
function open(path: Path): number {
  try {
    return openSync(path, "r");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" || code === "ENOTDIR" ? "vanished before it was sent" : message;
    throw new TdockError("unavailable", `${path}: ${why}`, { cause });
  }
}

/** Memory that has been filled up to `length`. Whoever gets it may still be sending it later: it is not used again. */
interface Piece {
  readonly memory: Buffer;
  length: number;
}

function newPiece(): Piece {
  return { memory: Buffer.allocUnsafe(pieceBytes + maxHeadBytes), length: 0 };
}

function taken({ memory, length }: Piece): Uint8Array {
  return memory.subarray(0, length);
}

function addHead(piece: Piece, number: number, size: number): void {
  piece.length += piece.memory.write(encodeFileHead({ number, size }), piece.length, "latin1");
}

function addFile(piece: Piece, fd: number, size: number, path: Path): void {
  const end = piece.length + size;
  try {
    while (piece.length < end) {
      const length = readSync(fd, piece.memory, piece.length, end - piece.length, null);
      if (length === 0) throw changed(path);
      piece.length += length;
    }
  } finally {
    closeSync(fd);
  }
}

async function* largeFile(fd: number, size: number, path: Path): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of createReadStream("", { fd, end: size - 1, highWaterMark: pieceBytes })) {
    sent += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (sent !== size) throw changed(path);
}

function changed(path: Path): TdockError {
  return new TdockError("unavailable", `${path} became shorter while it was sent`);
}
