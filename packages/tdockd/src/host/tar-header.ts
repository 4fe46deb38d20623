import { TdockError } from "@tdock/errors/error";

/** Size of a tar header, and of the unit that data is padded to. */
export const blockSize = 512;

/** What a header block says, before PAX records and long names have their say. Texts are latin1: one char per byte. */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  /** `0` file, `1` hard link, `2` symlink, `3` and `4` devices, `5` folder, `6` FIFO, `x g L K` what describes the next. */
  readonly type: string;
  /** Bytes of data that follow, before padding. */
  readonly size: number;
  /** Old GNU sparse files go on with further header blocks. */
  readonly hasExtension: boolean;
}

/**
 * Reads a header block; undefined for a block of zeros, which ends the archive. Throws `invalid-argument` for a wrong
 * checksum or an impossible size. Follows POSIX.1-2017 `pax` (ustar) and GNU tar's base-256 numbers.
 */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  const sum = checksum(block);
  if (sum === emptyChecksum && block.every((byte) => byte === 0)) return undefined;
  if (octal(block, 148, 8) !== sum) throw malformed("a header's checksum is wrong");
  const type = block.toString("latin1", 156, 157);
  const isUstar = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isUstar ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkName: text(block, 157, 100),
    type: type === "\0" || type === "7" ? "0" : type,
    size: number(block, 124, 12),
    hasExtension: type === "S" && block[482] !== 0,
  };
}

/** What a header block says beyond what tells where its entry goes, and how much data follows. */
export interface TarAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
  readonly major: number;
  readonly minor: number;
}

/** Reads the rest of a header block; what is no number is 0. */
export function parseTarAttributes(block: Buffer): TarAttributes {
  return {
    mode: lenient(block, 100, 8) & 0o7777,
    uid: lenient(block, 108, 8),
    gid: lenient(block, 116, 8),
    mtimeMs: lenient(block, 136, 12) * 1000,
    major: lenient(block, 329, 8),
    minor: lenient(block, 337, 8),
  };
}

/** `size` rounded up to whole blocks. */
export function paddedSize(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

/** Says that an archive is not one that may be unpacked. */
export function malformed(why: string): TdockError {
  return new TdockError("invalid-argument", `invalid tar archive: ${why}`, { reason: "invalid-archive" });
}

// The checksum is taken with its own eight bytes as spaces.
const emptyChecksum = 8 * 0x20;

function checksum(block: Buffer): number {
  let sum = emptyChecksum;
  for (let at = 0; at < 148; at += 1) sum += block[at] as number;
  for (let at = 156; at < blockSize; at += 1) sum += block[at] as number;
  return sum;
}

function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString("latin1", start, end < 0 || end > start + length ? start + length : end);
}

function number(block: Buffer, start: number, length: number): number {
  const first = block[start] as number;
  if ((first & 0x80) === 0) return octal(block, start, length);
  if (first !== 0x80 || block.subarray(start + 1, start + length - 7).some((byte) => byte !== 0)) {
    throw malformed("an entry has an impossible size");
  }
  return safe(Number(block.readBigUInt64BE(start + length - 8) & 0x7f_ff_ff_ff_ff_ff_ff_ffn));
}

/** GNU tar's base-256 numbers may be negative: a time before 1970. */
function lenient(block: Buffer, start: number, length: number): number {
  const first = block[start] as number;
  if ((first & 0x80) === 0) return Number.parseInt(text(block, start, length).trim(), 8) || 0;
  return Number(BigInt.asIntN(64, block.readBigUInt64BE(start + length - 8)));
}

function octal(block: Buffer, start: number, length: number): number {
  const digits = text(block, start, length).trim();
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits)) throw malformed("a header's number is not octal");
  return safe(Number.parseInt(digits, 8));
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw malformed("an entry has an impossible size");
  return value;
}
