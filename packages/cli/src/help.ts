import { type Command, usageLine } from "./command.ts";
import type { Flag, FlagTable } from "./flags/flag.ts";
import type { Entry } from "./registry/entry.ts";

/** The help page of a command, as Docker lays it out. */
export function commandHelp(path: string, summary: string, command: Command): string {
  const options = flagLines(command.flags);
  return `Usage:  ${usageLine(path, command)}\n\n${summary}\n${options === "" ? "" : `\nOptions:\n${options}`}`;
}

/** A list of commands with their summaries. */
export function commandLines(commands: Readonly<Record<string, Pick<Entry, "summary" | "hidden">>>): string {
  const listed = Object.entries(commands).filter(([, { hidden }]) => !hidden);
  const shown = listed.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(...shown.map(([name]) => name.length), 10);
  return shown.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`).join("");
}

/** The options, aligned: `  -a, --all             Show all containers`. */
export function flagLines(flags: FlagTable): string {
  const shown = Object.entries(flags).filter(([, { hidden }]) => !hidden);
  const rows = shown
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => [flagHead(name, flag), flagTail(flag)] as const);
  const width = Math.max(0, ...rows.map(([head]) => head.length));
  return rows
    .map(([head, tail]) => `${head.padEnd(width)}   ${tail.replaceAll("\n", `\n${" ".repeat(width + 3)}`)}\n`)
    .join("");
}

function flagHead(name: string, { short, label }: Flag<unknown>): string {
  return `  ${short === undefined ? "    " : `-${short}, `}--${name}${label === undefined ? "" : ` ${label}`}`;
}

function flagTail({ usage, shownDefault }: Flag<unknown>): string {
  return shownDefault === undefined ? usage : `${usage} (default ${shownDefault})`;
}
