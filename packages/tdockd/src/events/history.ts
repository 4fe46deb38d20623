import { appendFile } from "node:fs/promises";
import type { EventMessage } from "@tdock/api/system";
import { readFileIfExists, writeFileAtomic } from "../host/atomic-file.ts";
import { parseMessage } from "./event.ts";

/** How many events are remembered; Docker keeps 256. */
const keptEvents = 1024;
/** Before the file has more lines, it is written anew with those that are kept. */
const maxLines = keptEvents * 4;

/** The newest events, in memory and, so that they outlive a restart, in a file of JSON lines. */
export class EventHistory {
  readonly #path: string;
  #events: EventMessage[];
  #linesInFile: number;
  /** Not in the file yet. */
  #unwritten: string[] = [];
  #writing: Promise<void> | undefined;

  /** Opens the history at `path`, and makes it; lines that a crash cut short are passed over. */
  static async open(path: string): Promise<EventHistory> {
    // Fails where the disk is full: then with the first event.
    await appendFile(path, "", { mode: 0o600 }).catch(() => {});
    const lines = ((await readFileIfExists(path)) ?? "").split("\n").filter((line) => line !== "");
    return new EventHistory(path, lines);
  }

  private constructor(path: string, lines: readonly string[]) {
    this.#path = path;
    this.#events = lines.slice(-keptEvents).flatMap(parse);
    this.#linesInFile = lines.length;
  }

  add(event: EventMessage): void {
    this.#events.push(event);
    if (this.#events.length > keptEvents * 2) this.#events = this.#events.slice(-keptEvents);
    this.#unwritten.push(lineOf(event));
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Oldest first. */
  list(): readonly EventMessage[] {
    return this.#events.slice(-keptEvents);
  }

  /** Resolves when all that was added is in the file, as far as the disk has room. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** A full disk must not end the server: what cannot be written is lost to the next start only. */
  async #writeAll(): Promise<void> {
    while (this.#unwritten.length > 0) {
      const lines = this.#unwritten;
      this.#unwritten = [];
      await this.#write(lines).catch(() => {
        // The last line may be torn: the next write is of the whole file.
        this.#linesInFile = maxLines;
      });
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    if (this.#linesInFile + lines.length <= maxLines) {
      await appendFile(this.#path, lines.join(""), { mode: 0o600 });
      this.#linesInFile += lines.length;
      return;
    }
    const kept = this.list();
    // Those that came since are in it already.
    this.#unwritten = [];
    await writeFileAtomic(this.#path, kept.map(lineOf).join(""), { durable: false, mayUseReserve: false });
    this.#linesInFile = kept.length;
  }
}

function lineOf(event: EventMessage): string {
  return `${JSON.stringify(event)}\n`;
}

function parse(line: string): EventMessage[] {
  try {
    return [parseMessage(line)];
  } catch {
    return [];
  }
}
