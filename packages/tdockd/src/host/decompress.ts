import { type Duplex, PassThrough } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { commandStream } from "./run-command.ts";

export type Compression = "none" | "gzip" | "bzip2" | "xz" | "zstd";

const magics: readonly (readonly [Compression, string])[] = [
  ["gzip", "1f8b08"],
  ["bzip2", "425a68"],
  ["xz", "fd377a585a00"],
  ["zstd", "28b52ffd"],
];

/** What the first bytes say, never a name. Six bytes are enough. */
export function compressionOf(head: Uint8Array): Compression {
  const hex = Buffer.from(head.subarray(0, 6)).toString("hex");
  return magics.find(([, magic]) => hex.startsWith(magic))?.[0] ?? "none";
}

/** Whether the bytes begin a tar archive: `ustar` at 257. Old archives without it are told by their checksum. */
export function isTarHead(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  if (Buffer.from(head.subarray(257, 262)).toString("latin1") === "ustar") return true;
  const stored = Number.parseInt(Buffer.from(head.subarray(148, 156)).toString("latin1"), 8);
  const sum = head.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  return stored === sum && sum !== 256; // 256 is a block of zeros
}

// What an archive may want for its dictionary: twice what `xz -9` makes.
const xzMemory = "128MiB";

/** A stream that takes compressed bytes and gives plain ones. xz and bzip2 need the programs of that name. */
export function createDecompressor(compression: Compression): Duplex {
  switch (compression) {
    case "none":
      return new PassThrough();
    case "gzip":
      return createGunzip();
    case "zstd":
      return createZstdDecompress();
    case "xz":
      return commandStream("xz", ["-dc", `--memlimit-decompress=${xzMemory}`]);
    case "bzip2":
      return commandStream("bzip2", ["-dc"]);
  }
}
