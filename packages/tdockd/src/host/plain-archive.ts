import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { compressionOf, createDecompressor } from "./decompress.ts";
import { peek } from "./peek.ts";

/**
 * The plain bytes of an archive that may be compressed, told by its first bytes. Decompressed by Node or by programs
 * of this host, before anything of a container is opened (CVE-2026-41567).
 */
export async function plainArchive(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { head, rest } = await peek(bytes, 6);
  const compression = compressionOf(head);
  if (compression === "none") return rest;
  const plain = createDecompressor(compression);
  pipeline(Readable.from(rest), plain, { signal }).catch(() => {});
  return plain;
}
