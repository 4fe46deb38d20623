import { crc32, gzipSync, zstdCompressSync } from "node:zlib";
import { mustCompress } from "./compress.ts";
import { file, tarOf } from "./tar-layer.ts";

const blockBytes = 512;
const pieceBytes = 16 << 20;

/**
 * Archives of a thousandth or less of what is in them: `count` files of `bytes` zeros each, by how they are compressed.
 * All are well-formed: only a full disk or a limit of memory ends them.
 */
export async function bombs(
  count: number,
  bytes: number,
  name = "zeros",
): Promise<Readonly<Record<"gzip" | "zstd", Buffer>>> {
  const heads = Array.from({ length: count }, async (_, at) =>
    withSize(await tarOf([file(at === 0 ? name : `${name}${at}`, "")]), bytes),
  );
  const plainHeads = await Promise.all(heads);
  const made = (compress: (piece: Buffer) => Buffer) => {
    const piece = compress(Buffer.alloc(pieceBytes));
    const pieces = Array.from({ length: bytes / pieceBytes }, () => piece);
    const files = plainHeads.flatMap((head) => [compress(head), ...pieces]);
    return Buffer.concat([...files, compress(Buffer.alloc(2 * blockBytes))]);
  };
  return { gzip: made((piece) => gzipSync(piece)), zstd: made((piece) => zstdCompressSync(piece)) };
}

/** The archive in a zstd frame that wants a window of 2 GiB, all of it in blocks that are not compressed. */
export function zstdOfHugeWindow(tar: Buffer): Buffer {
  const [magic, noFlags, exponent31] = [0xfd2fb528, 0, 21 << 3];
  const head = Buffer.alloc(6);
  head.writeUInt32LE(magic, 0);
  head.set([noFlags, exponent31], 4);
  const block = Buffer.alloc(3);
  block.writeUIntLE((tar.length << 3) | 1, 0, 3);
  return Buffer.concat([head, block, tar]);
}

/** The archive compressed with xz, with a header that wants a dictionary of 4 GiB. */
export async function xzOfHugeDictionary(tar: Buffer): Promise<Buffer> {
  const [streamHead, lzma2Dictionary, largest] = [12, 4, 40];
  const whole = Buffer.from(await mustCompress("xz", tar));
  const headerBytes = ((whole[streamHead] ?? 0) + 1) * 4;
  const header = whole.subarray(streamHead, streamHead + headerBytes);
  header[lzma2Dictionary] = largest;
  header.writeUInt32LE(crc32(header.subarray(0, -4)), headerBytes - 4);
  return whole;
}

/** The first header block of a tar with another size in it. */
function withSize(tar: Buffer, bytes: number): Buffer {
  const head = Buffer.from(tar.subarray(0, blockBytes));
  head.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  head.fill(" ", 148, 156);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return head;
}
