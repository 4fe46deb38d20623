/** One entry of an archive that is written. Names are bytes: a file system does not promise text. */
export interface TarEntry {
  readonly name: Uint8Array;
  readonly type: "file" | "hardlink" | "symlink" | "char" | "block" | "folder" | "fifo";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  readonly link?: Uint8Array | undefined;
  readonly major?: number;
  readonly minor?: number;
  /** Extended attributes by name. */
  readonly attributes?: Readonly<Record<string, Uint8Array>> | undefined;
}

const typeFlags: Readonly<Record<TarEntry["type"], string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  char: "3",
  block: "4",
  folder: "5",
  fifo: "6",
};

/** Two blocks of zeros end an archive. */
export const endOfTar = Buffer.alloc(1024);

/** Zeros that fill the last block of a file of `size` bytes. */
export function tarPadding(size: number): Uint8Array {
  return endOfTar.subarray(0, (512 - (size % 512)) % 512);
}

/**
 * The header blocks of an entry: ustar, and before it a PAX header for what ustar cannot hold (long or non-ASCII
 * names, large numbers, attributes). Follows POSIX pax(1), "ustar Interchange Format" and "pax Header Block".
 */
export function encodeTarHeader(entry: TarEntry): Uint8Array {
  const records = paxRecords(entry);
  const ustar = encodeUstar(entry, typeFlags[entry.type], entry.size, entry.name);
  if (records.length === 0) return ustar;
  const pax = Buffer.concat(records);
  const name = Buffer.from(`PaxHeaders/${Buffer.from(entry.name).toString("latin1").slice(-80)}`);
  return Buffer.concat([encodeUstar(entry, "x", pax.length, name), pax, tarPadding(pax.length), ustar]);
}

function paxRecords({ name, link, uid, gid, size, mtime, attributes }: TarEntry): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  const add = (key: string, value: Uint8Array | number) => {
    records.push(paxRecord(key, typeof value === "number" ? Buffer.from(String(value)) : value));
  };
  if (needsPax(name, 100)) add("path", name);
  if (link !== undefined && needsPax(link, 100)) add("linkpath", link);
  if (uid > 0o7777777) add("uid", uid);
  if (gid > 0o7777777) add("gid", gid);
  if (size > 0o77777777777) add("size", size);
  if (mtime < 0 || mtime > 0o77777777777) add("mtime", mtime);
  for (const key in attributes) add(`SCHILY.xattr.${key}`, attributes[key] as Uint8Array);
  return records;
}

function needsPax(text: Uint8Array, length: number): boolean {
  if (text.length > length) return true;
  for (const byte of text) if (byte >= 128) return true;
  return false;
}

/** `LENGTH key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function encodeUstar(entry: TarEntry, typeFlag: string, size: number, name: Uint8Array): Uint8Array {
  const block = Buffer.allocUnsafe(512).fill(0); // from the pool: there are many headers
  block.set(name.subarray(0, 100), 0);
  writeOctal(block, 100, 8, entry.mode);
  writeOctal(block, 108, 8, entry.uid);
  writeOctal(block, 116, 8, entry.gid);
  writeOctal(block, 124, 12, size);
  writeOctal(block, 136, 12, entry.mtime);
  block.write(typeFlag, 156, "latin1");
  if (entry.link !== undefined && typeFlag !== "x") block.set(entry.link.subarray(0, 100), 157);
  block.write("ustar\0" + "00", 257, "latin1");
  writeOctal(block, 329, 8, entry.major ?? 0);
  writeOctal(block, 337, 8, entry.minor ?? 0);
  block.fill(" ", 148, 156);
  let sum = 0;
  for (let at = 0; at < block.length; at++) sum += block[at] as number; // no callback: there are many headers
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** A number that does not fit is left at zero: the PAX record holds it. */
function writeOctal(block: Buffer, at: number, length: number, value: number): void {
  const fits = value >= 0 && value < 8 ** (length - 1);
  let rest = fits ? Math.floor(value) : 0;
  for (let place = at + length - 2; place >= at; place--) {
    block[place] = zeroDigit + (rest % 8);
    rest = Math.floor(rest / 8);
  }
}

const zeroDigit = 0x30;
