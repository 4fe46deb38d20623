import { open } from "node:fs/promises";

/** The beginning of a file: `length` bytes, fewer when it is shorter. */
export async function firstBytes(path: string | Buffer, length: number): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}
