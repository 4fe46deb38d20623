import type { StagedFile } from "../tree/staging.ts";
import type { FileAtHand } from "./listed-files.ts";

/**
 * The files that have come for lines of a listing: of each no more than its digest and its number in the staging folder
 * is kept, as there may be very many.
 */
export class ReceivedFiles {
  private readonly prefix: string;
  private readonly lines: Uint32Array;
  private readonly digests: Buffer;
  private readonly numbers: Int32Array;
  /** Those that are not kept once the build is over. */
  readonly unsettled = new Map<number, FileAtHand>();

  /** `lines` are those of the files that are to come, in order; the files' names begin with `prefix`. */
  constructor(lines: readonly number[], prefix: string) {
    this.prefix = prefix;
    this.lines = Uint32Array.from(lines);
    this.digests = Buffer.alloc(lines.length * digestBytes);
    this.numbers = new Int32Array(lines.length).fill(missing);
  }

  /** Whether the file of this line is to come. */
  expects(line: number): boolean {
    return this.lines[this.placeOf(line)] === line;
  }

  /** A line whose file has not come; `undefined` when all have. */
  get missing(): number | undefined {
    return this.lines[this.numbers.indexOf(missing)];
  }

  add(line: number, { path, size, digest }: StagedFile, isSettled: boolean): void {
    const place = this.placeOf(line);
    const name = path.slice(path.lastIndexOf("/") + 1);
    this.digests.write(digest, place * digestBytes, "hex");
    this.numbers[place] = Number(name.slice(this.prefix.length));
    if (!isSettled) this.unsettled.set(line, { digest, name, size });
  }

  has(line: number): boolean {
    const place = this.placeOf(line);
    return this.lines[place] === line && this.numbers[place] !== missing;
  }

  get(line: number): FileAtHand | undefined {
    if (!this.has(line)) return undefined;
    const place = this.placeOf(line);
    const digest = this.digests.toString("hex", place * digestBytes, (place + 1) * digestBytes);
    return { digest, name: `${this.prefix}${this.numbers[place]}` };
  }

  /** The first place whose line is not before this one. */
  private placeOf(line: number): number {
    let low = 0;
    for (let high = this.lines.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle] as number) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const digestBytes = 32;
const missing = -1;
