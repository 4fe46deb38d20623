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
    try {
      const result = await work(this.handle(vertex));
      this.tell({ kind: "end", vertex, outcome: "done", at: this.at() });
      return result;
    } catch (thrown) {
      const error = TdockError.from(thrown);
      const outcome = error.code === "canceled" ? "canceled" : "failed";
      const place = line && { file: line.file, line: positionAt(line, 0).line };
      this.tell({ kind: "end", vertex, outcome, at: this.at(), error: error.message, ...(place && { place }) });
      throw thrown;
    }
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

  private handle(number: number): Vertex {
    return {
      number,
      log: (bytes) => {
        const data = Buffer.from(bytes).toString("base64");
        return this.sink({ kind: "log", vertex: number, data, at: this.at() });
      },
      miss: (reason) => this.tell({ kind: "miss", vertex: number, reason }),
      status: (name, current, total) => this.tell({ kind: "status", vertex: number, name, current, total }),
      keep: (id, exitCode) => this.tell({ kind: "failed-step", vertex: number, id, exitCode }),
    };
  }

  private at(): number {
    return this.now().getTime();
  }
}
