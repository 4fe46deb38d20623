import { createWriteStream, type WriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import type { EventMessage } from "@tdock/api/system";
import { readFileIfExists } from "../host/atomic-file.ts";

/** How many events are remembered; Docker keeps 256. */
const keptEvents = 1024;

/** The newest events, in memory and, so that they outlive a restart, in a file of JSON lines. */
export class EventHistory {
  readonly #path: string;
  #events: EventMessage[];
  #file: WriteStream;
  #linesInFile: number;

  /** Opens the history at `path`; lines that a crash cut short are passed over. */
  static async open(path: string): Promise<EventHistory> {
    const lines = ((await readFileIfExists(path)) ?? "").split("\n").filter((line) => line !== "");
    return new EventHistory(path, lines);
  }

  private constructor(path: string, lines: readonly string[]) {
    this.#path = path;
    this.#events = lines.slice(-keptEvents).flatMap(parse);
    this.#linesInFile = lines.length;
    this.#file = append(path);
  }

  add(event: EventMessage): void {
    this.#events.push(event);
    if (this.#events.length > keptEvents * 2) this.#events = this.#events.slice(-keptEvents);
    this.#file.write(`${JSON.stringify(event)}\n`);
    this.#linesInFile += 1;
    if (this.#linesInFile > keptEvents * 4) this.#rewrite();
  }

  /** Oldest first. */
  list(): readonly EventMessage[] {
    return this.#events.slice(-keptEvents);
  }

  /** Starts the file again with what is still kept. A crash in between loses old events, nothing else. */
  #rewrite(): void {
    this.#file.end();
    const path = `${this.#path}.new`;
    this.#file = append(path);
    for (const event of this.list()) this.#file.write(`${JSON.stringify(event)}\n`);
    this.#linesInFile = this.list().length;
    rename(path, this.#path).catch(() => {});
  }
}

/** A full disk must not end the server: what cannot be written is lost to the next start only. */
function append(path: string): WriteStream {
  return createWriteStream(path, { flags: "a", mode: 0o600 }).on("error", () => {});
}

function parse(line: string): EventMessage[] {
  try {
    return [JSON.parse(line) as EventMessage];
  } catch {
    return [];
  }
}
