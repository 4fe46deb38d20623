import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { PassThrough, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from "node:zlib";
import { TdockError } from "@tdock/errors/error";
import type { Compression } from "../../registry/media-type.ts";

/** How a layer is to be compressed. */
export interface Packing {
  readonly compression: "gzip" | "zstd";
  /** gzip: 1 to 9; zstd: 1 to 22. The library's own when undefined. */
  readonly level: number | undefined;
}

export interface PackedLayer {
  readonly path: string;
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes a layer's bytes, compressed another way, to `path`; the tar inside stays the same to the last byte, which is
 * checked against its diff ID. Throws `internal` (reason `content-damaged`) when it is another, `canceled`.
 */
export async function recompressLayer(
  {
    bytes,
    compression,
    diffId,
  }: {
    readonly bytes: AsyncIterable<Buffer>;
    readonly compression: Compression;
    readonly diffId: string;
  },
  packing: Packing,
  path: string,
  signal: AbortSignal,
): Promise<PackedLayer> {
  const plain = createHash("sha256");
  const packed = createHash("sha256");
  const file = createWriteStream(path, { flags: "wx", mode: 0o600, highWaterMark: 1024 * 1024 });
  try {
    const hashPlain = hashing(plain);
    await pipeline(bytes, decompressor(compression), hashPlain, compressor(packing), hashing(packed), file, { signal });
  } catch (thrown) {
    if (signal.aborted) throw new TdockError("canceled", "the conversion was stopped", { cause: thrown });
    const isBroken = /^(Z_|ZSTD_|ERR_ZLIB)/.test(String((thrown as NodeJS.ErrnoException).code));
    throw isBroken ? damaged(diffId, (thrown as Error).message) : TdockError.from(thrown);
  }
  const found = `sha256:${plain.digest("hex")}`;
  if (found !== diffId) throw damaged(diffId, `it holds ${found}`);
  return { path, digest: `sha256:${packed.digest("hex")}`, size: (await stat(path)).size };
}

function hashing(hash: { update(chunk: Buffer): unknown }) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
}

function decompressor(compression: Compression): Transform {
  if (compression === "none") return new PassThrough();
  return compression === "zstd" ? createZstdDecompress() : createGunzip();
}

function compressor({ compression, level }: Packing): Transform {
  if (compression === "gzip") return createGzip(level === undefined ? {} : { level });
  return createZstdCompress(level === undefined ? {} : { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

function damaged(diffId: string, detail: string): TdockError {
  return new TdockError("internal", `the layer of content ${diffId} is damaged on disk: ${detail}`, {
    reason: "content-damaged",
  });
}
