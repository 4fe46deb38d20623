import { ByteReader } from "./byte-reader.ts";
import { parsePaxRecords } from "./pax-records.ts";
import {
  blockSize,
  malformed,
  paddedSize,
  parseTarAttributes,
  parseTarHeader,
  type TarAttributes,
  type TarHeader,
} from "./tar-header.ts";

/** An entry of an archive. Texts are latin1, one char per byte: names need not be UTF-8. */
export interface TarEntry extends TarAttributes {
  readonly name: string;
  readonly linkName: string;
  /** As in the header: `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` folder, `6` FIFO. */
  readonly type: string;
  /** Extended attributes by name, as `tar --xattrs` and Docker's clients write them. */
  readonly extended: ReadonlyMap<string, string>;
  /** What is not read of it is passed over. */
  readonly data: AsyncIterable<Uint8Array>;
}

const maxDescriptionBytes = 1024 * 1024;
const attributePrefix = "SCHILY.xattr.";

type Records = ReadonlyMap<string, string>;

/** What stands before an entry and describes it. */
interface Description {
  readonly pax: Records;
  readonly longName?: string;
  readonly longLinkName?: string;
}

const nothing: Description = { pax: new Map() };

/**
 * The entries of a plain tar archive in order, up to its end mark; each is to be done with before the next is asked
 * for. Reads POSIX.1-2017 `pax` and `ustar`, and GNU tar's long names and numbers. Throws `invalid-argument` for what is
 * no archive, for one that is cut off, and for sparse files, of which only the holes' places would be left.
 */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  await using reader = new ByteReader(bytes);
  let globals: Records = new Map();
  let description = nothing;
  for (;;) {
    const block = await reader.upTo(blockSize);
    if (block.length === 0) return;
    if (block.length < blockSize) throw malformed("the archive is cut off");
    const header = parseTarHeader(block);
    if (header === undefined) break;
    if ("xXgLK".includes(header.type)) {
      const text = await readDescription(reader, header);
      if (header.type === "g") globals = new Map([...globals, ...parsePaxRecords(text)]);
      else description = describe(description, header.type, text);
      continue;
    }
    const described = { ...description, pax: new Map([...globals, ...description.pax]) };
    description = nothing;
    const data = new EntryData(reader, sizeOf(header, described.pax));
    yield entryOf(header, parseTarAttributes(block), { ...described, data });
    await data.pass();
  }
  // Whoever sends the archive is to get rid of what follows.
  while ((await reader.some(Number.POSITIVE_INFINITY)) !== undefined);
}

/** The data of one entry, which is read from what the archive's reader is at. */
class EntryData implements AsyncIterable<Uint8Array> {
  readonly #reader: ByteReader;
  readonly #padding: number;
  #left: number;

  constructor(reader: ByteReader, size: number) {
    this.#reader = reader;
    this.#left = size;
    this.#padding = paddedSize(size) - size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (this.#left > 0) yield await this.#next();
  }

  async pass(): Promise<void> {
    while (this.#left > 0) await this.#next();
    const padding = await this.#reader.upTo(this.#padding);
    if (padding.length < this.#padding) throw malformed("the archive is cut off");
  }

  async #next(): Promise<Uint8Array> {
    const piece = await this.#reader.some(this.#left);
    if (piece === undefined) throw malformed("the archive is cut off");
    this.#left -= piece.length;
    return piece;
  }
}

async function readDescription(reader: ByteReader, { size }: TarHeader): Promise<Buffer> {
  if (size > maxDescriptionBytes) throw malformed("an entry's description is too long");
  const padded = await reader.upTo(paddedSize(size));
  if (padded.length < paddedSize(size)) throw malformed("the archive is cut off");
  return padded.subarray(0, size);
}

function describe(before: Description, type: string, text: Buffer): Description {
  if (type === "L") return { ...before, longName: untilNul(text) };
  if (type === "K") return { ...before, longLinkName: untilNul(text) };
  return { ...before, pax: parsePaxRecords(text) };
}

function untilNul(text: Buffer): string {
  const end = text.indexOf(0);
  return text.toString("latin1", 0, end < 0 ? text.length : end);
}

function entryOf(
  header: TarHeader,
  attributes: TarAttributes,
  { pax, longName, longLinkName, data }: Description & { readonly data: EntryData },
): TarEntry {
  if (header.type === "S" || [...pax.keys()].some((key) => key.startsWith("GNU.sparse."))) {
    throw malformed("sparse files are not supported");
  }
  const name = pax.get("path") ?? longName ?? header.name;
  const extended = [...pax].filter(([key]) => key.startsWith(attributePrefix));
  return {
    ...attributes,
    uid: numberOf(pax.get("uid"), [0, mostId]) ?? attributes.uid,
    gid: numberOf(pax.get("gid"), [0, mostId]) ?? attributes.gid,
    mtimeMs: (numberOf(pax.get("mtime"), [-mostSeconds, mostSeconds]) ?? attributes.mtimeMs / 1000) * 1000,
    name,
    linkName: pax.get("linkpath") ?? longLinkName ?? header.linkName,
    // Archives older than ustar have no type for folders.
    type: header.type === "0" && name.endsWith("/") ? "5" : header.type,
    extended: new Map(extended.map(([key, value]) => [key.slice(attributePrefix.length), value])),
    data,
  };
}

/** Only files have data, whatever the header of something else says. */
function sizeOf({ type, size }: TarHeader, pax: Records): number {
  if ("123456".includes(type)) return 0;
  const stated = pax.get("size");
  if (stated === undefined) return size;
  if (!/^\d{1,15}$/.test(stated)) throw malformed("an entry has an impossible size");
  return Number(stated);
}

const mostId = 2 ** 32 - 1;
const mostSeconds = 2 ** 40;

function numberOf(record: string | undefined, [least, most]: readonly [number, number]): number | undefined {
  if (record === undefined || !/^-?\d+(\.\d+)?$/.test(record)) return undefined;
  const value = Number(record);
  return value >= least && value <= most ? value : undefined;
}
