import { setImmediate as turn } from "node:timers/promises";
import { LogBackwardCursor } from "./log-backward-cursor.ts";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat, RecordVisitor } from "./log-format.ts";
import { type StreamNumber, stderr, stdout } from "./record.ts";

/** Where the last lines of a log begin: at `start`, after so many bytes of each stream that belong to earlier lines. */
export interface TailStart {
  readonly start: Position;
  readonly skipBytes: Readonly<Record<StreamNumber, number>>;
}

/**
 * Finds where the last `lines` lines before `end` begin. Lines of both streams count in the order of their ends; what
 * follows a stream's last newline counts as a line. Reads no more than it must, and lets others work in between.
 */
export async function findTail(
  log: { readonly files: LogFiles; readonly format: LogFormat },
  wanted: { readonly lines: number; readonly stdout: boolean; readonly stderr: boolean },
  end: Position,
): Promise<TailStart> {
  const counter = new LineCounter(wanted.lines, wanted);
  using cursor = new LogBackwardCursor(log.files, log.format, end);
  while (!counter.isDone && cursor.step(counter, () => counter.isDone)) await turn();
  return { start: cursor.position, skipBytes: counter.skipBytes };
}

const newline = 0x0a;

/** Is shown records from the last to the first and counts the lines that end in them. */
class LineCounter implements RecordVisitor {
  readonly skipBytes: Record<StreamNumber, number> = { [stdout]: 0, [stderr]: 0 };
  readonly #wanted: Readonly<Record<StreamNumber, boolean>>;
  /** Streams in which a line is counted whose begin is still to be found. */
  readonly #begun = new Set<StreamNumber>();
  readonly #seen = new Set<StreamNumber>();
  #linesLeft: number;

  constructor(lines: number, wanted: { readonly stdout: boolean; readonly stderr: boolean }) {
    this.#linesLeft = lines;
    this.#wanted = { [stdout]: wanted.stdout, [stderr]: wanted.stderr };
  }

  get isDone(): boolean {
    return this.#linesLeft === 0 && this.#begun.size === 0;
  }

  record(buffer: Buffer, from: number, to: number, stream: StreamNumber): void {
    if (to === from || !this.#wanted[stream]) return;
    if (!this.#seen.has(stream) && buffer[to - 1] !== newline) this.#countLine(stream);
    this.#seen.add(stream);
    this.skipBytes[stream] += this.#countLines(buffer.subarray(from, to), stream);
  }

  /** Returns how many of the bytes belong to lines that are not counted. */
  #countLines(bytes: Buffer, stream: StreamNumber): number {
    if (this.#linesLeft === 0 && !this.#begun.has(stream)) return bytes.length;
    for (let at = bytes.length; at > 0; ) {
      const found = bytes.lastIndexOf(newline, at - 1);
      if (found < 0) break;
      this.#begun.delete(stream);
      if (!this.#countLine(stream)) return found + 1;
      at = found;
    }
    return 0;
  }

  note(): void {
    // Told when the log is read forwards.
  }

  #countLine(stream: StreamNumber): boolean {
    if (this.#linesLeft === 0) return false;
    this.#linesLeft--;
    this.#begun.add(stream);
    return true;
  }
}
