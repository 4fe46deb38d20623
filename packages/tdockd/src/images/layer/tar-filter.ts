import { parsePaxRecords } from "../../host/pax-records.ts";
import { blockSize, malformed, paddedSize, parseTarHeader, type TarHeader } from "../../host/tar-header.ts";
import { type LayerFacts, LayerRules } from "./layer-rules.ts";

// What describes the next entry is held back until that entry has been judged.
const maxHeldBytes = 1024 * 1024;
const attributePrefix = "SCHILY.xattr.";

/** What follows in the archive: a header, data that passes or is dropped, data that describes the next entry. */
type Expected =
  | { readonly kind: "header" }
  | { readonly kind: "extension"; readonly passes: boolean; readonly size: number }
  | { readonly kind: "data"; readonly passes: boolean }
  | { readonly kind: "description"; readonly header: TarHeader }
  | { readonly kind: "end" };

/**
 * A layer's tar on its way to the unpacker, in chunks of any size: every header is read and judged by
 * {@link LayerRules}, whiteouts are left out, the rest passes byte for byte up to the archive's end mark. Chunks passed
 * on are views of those given.
 */
export class TarFilter {
  readonly #rules = new LayerRules();
  #expected: Expected = { kind: "header" };
  /** Bytes of the expected piece that are still to come; headers and descriptions gather in `#gathered`. */
  #missing = blockSize;
  #gathered: Buffer[] = [];
  #held: Buffer[] = [];
  /** Descriptions of all entries that follow: they pass even when the next entry does not. */
  #heldGlobals: Buffer[] = [];
  #heldBytes = 0;
  #pax: ReadonlyMap<string, string> = new Map();
  #globalPax: ReadonlyMap<string, string> = new Map();
  #longName: string | undefined;
  #longLinkName: string | undefined;

  /** The pieces of `chunk` that go on to the unpacker. Throws `invalid-argument` for what must not be unpacked. */
  push(chunk: Buffer): Buffer[] {
    const out: Buffer[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (this.#expected.kind === "end") break;
      const piece = chunk.subarray(at, at + this.#missing);
      at += piece.length;
      this.#missing -= piece.length;
      this.#take(piece, out);
      if (this.#missing === 0) this.#next(out);
    }
    return joined(out);
  }

  /** What was found in the whole layer. Throws `invalid-argument` when the archive is cut off. */
  finish(): LayerFacts {
    const isBetween = this.#expected.kind === "header" && this.#gathered.length === 0 && this.#held.length === 0;
    if (this.#expected.kind !== "end" && !isBetween) throw malformed("the archive is cut off");
    return this.#rules.facts();
  }

  #take(piece: Buffer, out: Buffer[]): void {
    const expected = this.#expected;
    // A view is enough for what is complete: it is read before the chunk is given back.
    if (expected.kind !== "data") this.#gathered.push(this.#missing === 0 ? piece : Buffer.from(piece));
    else if (expected.passes) out.push(piece);
  }

  #next(out: Buffer[]): void {
    const expected = this.#expected;
    const block = this.#gathered.length === 1 ? (this.#gathered[0] as Buffer) : Buffer.concat(this.#gathered);
    this.#gathered = [];
    if (expected.kind === "header") this.#header(block, out);
    else if (expected.kind === "description") this.#describe(expected.header, block);
    else if (expected.kind === "extension") this.#extension(expected, block, out);
    else this.#expect({ kind: "header" }, blockSize);
  }

  #header(block: Buffer, out: Buffer[]): void {
    const header = parseTarHeader(block);
    if (header === undefined) {
      out.push(block, block);
      this.#expected = { kind: "end" };
      return;
    }
    if ("xgLKX".includes(header.type)) {
      this.#hold(block, paddedSize(header.size));
      this.#expect({ kind: "description", header }, paddedSize(header.size));
      return;
    }
    if (!"0123456S".includes(header.type))
      throw malformed(`an entry has the unknown type ${JSON.stringify(header.type)}`);
    const passes = this.#rules.admit(this.#entryOf(header));
    const size = this.#sizeOf(header);
    out.push(...this.#release(passes));
    if (passes) out.push(block);
    if (header.hasExtension) this.#expect({ kind: "extension", passes, size }, blockSize);
    else this.#expect({ kind: "data", passes }, paddedSize(size));
  }

  #extension(expected: { readonly passes: boolean; readonly size: number }, block: Buffer, out: Buffer[]): void {
    if (expected.passes) out.push(block);
    if (block[504] !== 0) this.#expect({ kind: "extension", ...expected }, blockSize);
    else this.#expect({ kind: "data", passes: expected.passes }, paddedSize(expected.size));
  }

  #describe({ type, size }: TarHeader, padded: Buffer): void {
    const data = padded.subarray(0, size);
    this.#held.push(Buffer.from(padded));
    if (type === "g") this.#keepGlobal();
    if (type === "g") this.#globalPax = new Map([...this.#globalPax, ...parsePaxRecords(data)]);
    else if (type === "L") this.#longName = untilNul(data);
    else if (type === "K") this.#longLinkName = untilNul(data);
    else this.#pax = parsePaxRecords(data);
    this.#expect({ kind: "header" }, blockSize);
  }

  #entryOf(header: TarHeader) {
    const pax = (key: string) => this.#pax.get(key) ?? this.#globalPax.get(key);
    return {
      type: header.type,
      name: pax("GNU.sparse.name") ?? pax("path") ?? this.#longName ?? header.name,
      linkName: pax("linkpath") ?? this.#longLinkName ?? header.linkName,
      attributes: [...this.#pax.keys(), ...this.#globalPax.keys()]
        .filter((key) => key.startsWith(attributePrefix))
        .map((key) => key.slice(attributePrefix.length)),
    };
  }

  /** Links have no data, whatever their header says. Where readers of tar differ, the archive is refused. */
  #sizeOf({ type, size }: TarHeader): number {
    if (type === "1") return 0;
    if (size !== 0 && "23456".includes(type)) throw malformed("an entry has data that its kind cannot have");
    const stated = this.#pax.get("size") ?? this.#globalPax.get("size");
    if (stated === undefined) return size;
    if (!/^\d{1,15}$/.test(stated)) throw malformed("an entry has an impossible size");
    return Number(stated);
  }

  #keepGlobal(): void {
    this.#heldGlobals.push(...this.#held.splice(-2));
  }

  #hold(block: Buffer, more: number): void {
    this.#held.push(Buffer.from(block));
    this.#heldBytes += block.length + more;
    if (this.#heldBytes > maxHeldBytes) throw malformed("an entry's description is too long");
  }

  /** Ends what described one entry: its bytes when it passes. */
  #release(passes: boolean): Buffer[] {
    const held = passes ? [...this.#heldGlobals, ...this.#held] : this.#heldGlobals;
    this.#held = [];
    this.#heldGlobals = [];
    this.#heldBytes = 0;
    this.#pax = new Map();
    this.#longName = undefined;
    this.#longLinkName = undefined;
    return held;
  }

  #expect(expected: Expected, missing: number): void {
    this.#expected = expected;
    this.#missing = missing;
    // Nothing to wait for: an empty file, an empty description.
    if (missing === 0 && expected.kind === "data") this.#expect({ kind: "header" }, blockSize);
    else if (missing === 0 && expected.kind === "description") this.#describe(expected.header, Buffer.alloc(0));
  }
}

function untilNul(data: Buffer): string {
  const end = data.indexOf(0);
  return data.toString("latin1", 0, end < 0 ? data.length : end);
}

/** Pieces that follow each other in one chunk made one again: each piece costs a write. */
function joined(pieces: readonly Buffer[]): Buffer[] {
  const result: Buffer[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    const follows = last?.buffer === piece.buffer && last.byteOffset + last.length === piece.byteOffset;
    if (last !== undefined && follows) {
      result[result.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + piece.length);
    } else if (piece.length > 0) result.push(piece);
  }
  return result;
}
