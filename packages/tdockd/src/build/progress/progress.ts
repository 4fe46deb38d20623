import type { BuildEvent } from "@tdock/api/build-event";
import { TdockError } from "@tdock/errors/error";
import type { LogicalLine } from "../dockerfile/source.ts";
import { positionAt } from "../dockerfile/source.ts";
import type { EventSink } from "./event-sink.ts";

/** One line of work while it goes on. */
export interface Vertex {
  readonly number: number;
  /** Resolves when the client has room for more. */
  log(bytes: Uint8Array): Promise<void>;
  miss(reason: string): void;
  status(name: string, current: number, total: number): void;
  /** The failed step's state was kept under `id`. */
  keep(id: string, exitCode: number): void;
}

/** Numbers the vertices of a build and sends what happens to them. */
export class Progress {
  private readonly sink: EventSink;
  private readonly now: () => Date;
  private next = 0;

  constructor(sink: EventSink, now: () => Date) {
    this.sink = sink;
    this.now = now;
  }

  /** Shows work that is done already. */
  cached(title: string): void {
    const vertex = this.begin(title);
    this.tell({ kind: "end", vertex, outcome: "cached", at: this.at() });
  }

  /** Shows `work` as one vertex for as long as it runs; rethrows what it throws. */
  async run<T>(title: string, line: LogicalLine | undefined, work: (vertex: Vertex) => Promise<T>): Promise<T> {
    const vertex = this.begin(title);
    const output = new WholeCharacters((bytes) => this.log(vertex, bytes));
    try {
      const result = await work(this.handle(vertex, output));
      output.end();
      this.tell({ kind: "end", vertex, outcome: "done", at: this.at() });
      return result;
    } catch (thrown) {
      output.end();
      const error = TdockError.from(thrown);
      const outcome = error.code === "canceled" ? "canceled" : "failed";
      const place = line && { file: line.file, line: positionAt(line, 0).line };
      this.tell({ kind: "end", vertex, outcome, at: this.at(), error: error.message, ...(place && { place }) });
      throw thrown;
    }
  }

  /** Shows work that failed before it began, with the place of what asked for it; not what was only given up. */
  fail(title: string, line: LogicalLine, thrown: unknown): Promise<never> {
    const failing = () => Promise.reject(thrown);
    return TdockError.from(thrown).code === "canceled" ? failing() : this.run(title, line, failing);
  }

  /** Sends an event without waiting: a client that is gone is noticed elsewhere. */
  tell(event: BuildEvent): void {
    this.sink(event).catch(() => {});
  }

  private begin(title: string): number {
    const vertex = ++this.next;
    this.tell({ kind: "begin", vertex, title, at: this.at() });
    return vertex;
  }

  private handle(number: number, output: WholeCharacters): Vertex {
    return {
      number,
      log: (bytes) => output.write(bytes),
      miss: (reason) => this.tell({ kind: "miss", vertex: number, reason }),
      status: (name, current, total) => this.tell({ kind: "status", vertex: number, name, current, total }),
      keep: (id, exitCode) => this.tell({ kind: "failed-step", vertex: number, id, exitCode }),
    };
  }

  private log(vertex: number, bytes: Buffer): Promise<void> {
    return this.sink({ kind: "log", vertex, data: bytes.toString("base64"), at: this.at() });
  }

  private at(): number {
    return this.now().getTime();
  }
}

/**
 * Hands output on in pieces that end with a whole character: many clients make text of each piece alone, and a
 * character that a read has cut in two is lost to them.
 */
class WholeCharacters {
  private readonly sink: (bytes: Buffer) => Promise<void>;
  private cut = Buffer.alloc(0);

  constructor(sink: (bytes: Buffer) => Promise<void>) {
    this.sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const all = Buffer.concat([this.cut, bytes]);
    const length = wholeLength(all);
    this.cut = all.subarray(length);
    if (length > 0) await this.sink(all.subarray(0, length));
  }

  /** What is still held is no character, and the client's to judge. */
  end(): void {
    if (this.cut.length > 0) this.sink(this.cut).catch(() => {});
  }
}

/** The length without a last character of UTF-8 that has just begun; bytes that are no UTF-8 count as they are. */
function wholeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte > 0xf4 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
