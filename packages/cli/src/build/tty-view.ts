import type { BuildEvent, Outcome } from "@tdock/api/build-event";
import { humanSize } from "../terminal/human.ts";
import { escapeControls, type Printer } from "../terminal/printer.ts";
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
    this.draw();
    if (this.warnings.length === 0) return;
    const lines = this.warnings.map((warning) => `\x1b[33m - ${escapeControls(warning)}\x1b[0m\n`);
    this.printer.printRaw(`\n\x1b[33m ${this.warnings.length} warning(s) found:\x1b[0m\n${lines.join("")}`);
  }

  private draw(): void {
    const columns = this.printer.columns ?? 80;
    const rows = process.stderr.rows ?? 24;
    const now = Date.now();
    const done = [...this.rows.values()].filter(({ outcome }) => outcome !== undefined).length;
    const head = `[+] Building ${((now - this.begunAt) / 1000).toFixed(1)}s (${done}/${this.rows.size})`;
    const all = [head, ...[...this.rows.values()].flatMap((row) => linesOf(row, now, columns))];
    const lines = all.length < rows ? all : [head, ...all.slice(all.length - rows + 2)];
    const up = this.drawn === 0 ? "" : `\x1b[${this.drawn}A`;
    this.printer.printRaw(`${up}\r\x1b[J${lines.join("\n")}\n`);
    this.drawn = lines.length;
  }
}

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
  row.tail = [...row.tail, ...lines.map((line) => line.slice(0, 1000))].slice(-shownLines);
}

function linesOf(row: Row, now: number, columns: number): string[] {
  const seconds = (((row.endedAt ?? now) - row.begunAt) / 1000).toFixed(1);
  const mark = row.outcome === "cached" ? "CACHED " : row.outcome === "failed" ? "ERROR " : "";
  const time = `${row.outcome === "cached" ? "0.0" : seconds}s`;
  const bytes = row.outcome === undefined ? transferText(row) : "";
  const reason = row.reason === undefined ? "" : ` (${row.reason})`;
  const left = fit(` => ${mark}${row.title}${reason}${bytes}`, columns - time.length - 1);
  const line = colored(`${left.padEnd(columns - time.length - 1)} ${time}`, row.outcome);
  if (row.outcome !== undefined && row.outcome !== "failed") return [line];
  return [line, ...row.tail.map((text) => `\x1b[2m${fit(` => => # ${text}`, columns - 1)}\x1b[0m`)];
}

function transferText({ transfers }: Row): string {
  const moving = [...transfers.values()].filter(({ total }) => total > 0);
  if (moving.length === 0) return "";
  const sum = (key: "current" | "total") => moving.reduce((total, one) => total + one[key], 0);
  return ` ${humanSize(sum("current"))} / ${humanSize(sum("total"))}`;
}

function colored(text: string, outcome: Outcome | undefined): string {
  if (outcome === undefined) return text;
  const color = outcome === "failed" ? 31 : outcome === "canceled" ? 33 : 34;
  return `\x1b[${color}m${text}\x1b[0m`;
}

function fit(text: string, columns: number): string {
  const safe = escapeControls(text).replaceAll("\t", " ").replaceAll("\n", " ");
  return safe.length > columns ? `${safe.slice(0, Math.max(0, columns - 1))}…` : safe;
}
