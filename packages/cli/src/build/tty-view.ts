import type { BuildEvent, Outcome } from "@tdock/api/build-event";
import { humanSize } from "../terminal/human.ts";
import { escapeControls, type Printer } from "../terminal/printer.ts";
import { ellipsis, textWidth } from "../terminal/text-width.ts";
import { shownLine } from "./shown-line.ts";
import type { BuildView } from "./view.ts";

interface Row {
  readonly title: string;
  readonly begunAt: number;
  endedAt: number | undefined;
  outcome: Outcome | undefined;
  reason: string | undefined;
  /** Last lines of the step's output. */
  tail: string[];
  partial: string;
  readonly transfers: Map<string, { current: number; total: number }>;
}

const shownLines = 6;
const redrawMs = 100;

/**
 * The live view: one line a step with its time, the last lines of what runs, redrawn ten times a second. At the end
 * everything stays on the screen.
 */
export class TtyView implements BuildView {
  private readonly printer: Printer;
  private readonly rows = new Map<number, Row>();
  private readonly warnings: string[] = [];
  private readonly begunAt = Date.now();
  private readonly timer: NodeJS.Timeout;
  private drawn = 0;

  constructor(printer: Printer) {
    this.printer = printer;
    this.timer = setInterval(() => this.draw(), redrawMs);
  }

  show(event: BuildEvent): void {
    if (event.kind === "warning") this.warnings.push(`${event.rule}: ${event.message} (${event.file}:${event.line})`);
    if (event.kind === "begin") this.rows.set(event.vertex, newRow(event.title, event.at));
    if (!("vertex" in event)) return;
    const row = this.rows.get(event.vertex);
    if (row !== undefined) update(row, event);
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
    this.draw(true);
    if (this.warnings.length === 0) return;
    const lines = this.warnings.map((warning) => `\x1b[33m - ${escapeControls(warning)}\x1b[0m\n`);
    this.printer.printRaw(`\n\x1b[33m ${this.warnings.length} warning(s) found:\x1b[0m\n${lines.join("")}`);
  }

  private draw(isLast = false): void {
    const columns = this.printer.columns || 80;
    const height = process.stderr.rows || 24;
    const now = Date.now();
    const rows = [...this.rows.values()];
    const done = rows.filter(({ outcome }) => outcome !== undefined).length;
    const head = `[+] Building ${((now - this.begunAt) / 1000).toFixed(1)}s (${done}/${rows.length})`;
    const all = [head, ...rows.flatMap((row) => linesOf(row, now, columns))];
    const lines = isLast || all.length < height ? all : [head, ...all.slice(all.length - height + 2)];
    const up = this.drawn === 0 ? "" : `\x1b[${this.drawn}A`;
    this.printer.printRaw(`${up}\r\x1b[J${noWrap}${lines.join("\n")}${wrap}\n`);
    this.drawn = lines.length;
  }
}

/** A line that were to take two would be counted as one, and the next picture drawn in the wrong place. */
const [noWrap, wrap] = ["\x1b[?7l", "\x1b[?7h"];

function newRow(title: string, begunAt: number): Row {
  const open = { endedAt: undefined, outcome: undefined, reason: undefined, tail: [], partial: "" };
  return { title, begunAt, ...open, transfers: new Map() };
}

function update(row: Row, event: BuildEvent): void {
  switch (event.kind) {
    case "log":
      addOutput(row, Buffer.from(event.data, "base64").toString());
      return;
    case "miss":
      row.reason = event.reason;
      return;
    case "status":
      row.transfers.set(event.name, event);
      return;
    case "end":
      row.outcome = event.outcome;
      row.endedAt = event.at;
  }
}

function addOutput(row: Row, text: string): void {
  const lines = (row.partial + text).split("\n");
  row.partial = (lines.pop() ?? "").slice(-1000);
  row.tail = [...row.tail, ...lines.map((line) => shownLine(line).slice(0, 1000))].slice(-shownLines);
}

function linesOf(row: Row, now: number, columns: number): string[] {
  const seconds = (((row.endedAt ?? now) - row.begunAt) / 1000).toFixed(1);
  const time = `${row.outcome === "cached" ? "0.0" : seconds}s`;
  const left = columns - time.length - 1;
  const line = colored(`${padded(titleLine(row, left), left)} ${time}`, row.outcome);
  if (row.outcome !== undefined && row.outcome !== "failed") return [line];
  const output = [...row.tail, shownLine(row.partial)].filter((text, index) => text !== "" || index < row.tail.length);
  return [line, ...output.slice(-shownLines).map((text) => `\x1b[2m${fit(` => => # ${text}`, columns - 1)}\x1b[0m`)];
}

/** Of a long instruction less is shown, so that there is room for why it runs and how far it is. */
function titleLine(row: Row, columns: number): string {
  const mark = row.outcome === "cached" ? "CACHED " : row.outcome === "failed" ? "ERROR " : "";
  const reason = row.reason === undefined ? "" : ` (${row.reason})`;
  const bytes = transferText(row);
  const rest = fit(`${reason}${bytes}`, Math.floor(columns / 2));
  return fit(` => ${mark}${row.title}`, columns - textWidth(rest)) + rest;
}

function transferText({ outcome, transfers }: Row): string {
  const moving = [...transfers.values()].filter(({ current }) => current > 0);
  if (moving.length === 0) return "";
  const sum = (key: "current" | "total") => moving.reduce((total, one) => total + one[key], 0);
  const [current, total] = [sum("current"), sum("total")];
  return outcome === undefined && total > 0 ? ` ${humanSize(current)} / ${humanSize(total)}` : ` ${humanSize(current)}`;
}

function colored(text: string, outcome: Outcome | undefined): string {
  if (outcome === undefined) return text;
  const color = outcome === "failed" ? 31 : outcome === "canceled" ? 33 : 34;
  return `\x1b[${color}m${text}\x1b[0m`;
}

function fit(text: string, columns: number): string {
  return ellipsis(escapeControls(text).replaceAll("\t", " ").replaceAll("\n", " "), columns);
}

function padded(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - textWidth(text)));
}
