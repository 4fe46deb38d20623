import { lineEnds } from "@tdock/api/line-ends";

/** Where the bytes of a file of a context are kept. */
export interface KeptFile {
  /** SHA-256 in hex. */
  readonly digest: string;
  /** Of the file, in the context's folder. */
  readonly name: string;
}

/** A file whose bytes are not kept: it may have changed again without showing it. */
const unsettled = "?\n";
const newline = 10;

/**
 * For each line of a listing where its file's bytes are, as text: nothing for what is no file. Kept as it is written:
 * of what did not change, nothing has to be read.
 */
export class FileRecords {
  readonly bytes: Buffer;
  private readonly most: number;
  private knownEnds: Uint32Array | undefined;

  /** `most`: as many lines as the listing has, or more. */
  constructor(bytes: Buffer, most: number) {
    this.bytes = bytes;
    this.most = most;
  }

  get count(): number {
    return this.ends.length;
  }

  /** Whether the bytes of all files are kept. */
  get isSettled(): boolean {
    return !this.bytes.includes(unsettled);
  }

  /** Whether the bytes of this line's file are kept; of a line that there is not, they are not. */
  has(line: number): boolean {
    if (line < 0 || line >= this.count) return false;
    return this.startOf(line + 1) - this.startOf(line) > unsettled.length;
  }

  get(line: number): KeptFile | undefined {
    if (!this.has(line)) return undefined;
    const [digest = "", name = ""] = this.slice(line, line + 1)
      .toString("latin1")
      .trimEnd()
      .split(" ");
    return { digest, name };
  }

  /** Whether a file of this name is kept. */
  holds(name: string): boolean {
    return this.bytes.includes(` ${name}\n`);
  }

  /** The names of all files that are kept. */
  names(): Set<string> {
    const names = new Set<string>();
    for (let line = 0; line < this.count; line++) {
      const file = this.get(line);
      if (file !== undefined) names.add(file.name);
    }
    return names;
  }

  /** The text of the lines from one up to another. */
  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(this.startOf(from), this.startOf(to));
  }

  private get ends(): Uint32Array {
    this.knownEnds ??= lineEnds(this.bytes, { mark: newline, marks: 1, most: this.most });
    return this.knownEnds;
  }

  private startOf(line: number): number {
    return line === 0 ? 0 : (this.ends[line - 1] as number);
  }
}

/** No line of records has more bytes. */
export const longestRecord = 100;

/** One line of records: of a file whose bytes are kept, of one whose bytes are not (`undefined`). */
export function encodeFileRecord(file: KeptFile | undefined): string {
  return file === undefined ? unsettled : `${file.digest} ${file.name}\n`;
}
