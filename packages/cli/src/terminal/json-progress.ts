import { TdockError } from "@tdock/errors/error";
import type { Printer } from "./printer.ts";
import { escapeControls } from "./printer.ts";
import { type ProgressDetail, progressBar } from "./progress-bar.ts";
import { ellipsis } from "./text-width.ts";

/** One message of the streams of pull, push, load, import and build. */
export interface JsonMessage {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly progressDetail?: ProgressDetail;
  readonly errorDetail?: { readonly message?: string; readonly code?: unknown; readonly reason?: string };
  readonly error?: string;
  readonly aux?: unknown;
}

/**
 * Shows a stream of messages: on a terminal one line per layer, redrawn as it moves on; elsewhere a line for each
 * message that is not mere progress. `onAux` gets what is meant for programs.
 * Throws `internal` with the engine's text when the stream reports a failure.
 */
export async function showProgress(
  printer: Printer,
  messages: AsyncIterable<JsonMessage>,
  onAux: (aux: unknown) => void = () => {},
): Promise<void> {
  const lines = new ProgressLines(printer);
  for await (const message of messages) {
    if (message.errorDetail !== undefined || message.error !== undefined) throw streamError(message);
    if (message.aux !== undefined) onAux(message.aux);
    else lines.show(message);
  }
}

function streamError({ errorDetail, error }: JsonMessage): TdockError {
  const reason = errorDetail?.reason;
  return new TdockError("internal", errorDetail?.message ?? error ?? "", reason === undefined ? {} : { reason });
}

/** Where each id's line is, counted from the top of those that are being redrawn. */
class ProgressLines {
  readonly #printer: Printer;
  readonly #lines = new Map<string, number>();

  constructor(printer: Printer) {
    this.#printer = printer;
  }

  show(message: JsonMessage): void {
    if (!this.#printer.isTerminal) this.#showPlain(message);
    else if (message.id !== undefined && message.progressDetail !== undefined) this.#redraw(message.id, message);
    else this.#append(message);
  }

  #showPlain({ id, status, stream, progressDetail }: JsonMessage): void {
    if (progressDetail !== undefined && progressBar(progressDetail, 200) !== "") return;
    this.#printer.print(stream ?? `${prefix(id)}${status ?? ""}\n`);
  }

  /** Lines that stand for themselves; what was drawn before is no longer touched. */
  #append({ id, status, stream }: JsonMessage): void {
    this.#lines.clear();
    this.#printer.printRaw(stream === undefined ? `${escapeControls(`${prefix(id)}${status ?? ""}`)}\n` : stream);
  }

  #redraw(id: string, { status = "", progressDetail = {} }: JsonMessage): void {
    const known = this.#lines.get(id);
    const line = known ?? this.#lines.size;
    if (known === undefined) this.#lines.set(id, line);
    const up = this.#lines.size - line;
    const columns = this.#printer.columns ?? 80;
    const bar = progressBar(progressDetail, columns);
    // A line that took two would be counted as one, and the next drawn in the wrong place.
    const text = ellipsis(escapeControls(`${prefix(id)}${status}${bar === "" ? "" : ` ${bar}`}`), columns);
    const start = known === undefined ? "\n" : "";
    this.#printer.printRaw(`${start}\x1b[${up}A\x1b[2K\r${text}\r\x1b[${up}B`);
  }
}

function prefix(id: string | undefined): string {
  return id === undefined || id === "" ? "" : `${id}: `;
}
