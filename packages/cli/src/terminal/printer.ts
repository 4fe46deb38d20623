import { isTerminal } from "./is-terminal.ts";
import { writeAll } from "./write-all.ts";

/** Where a command prints to: standard output or standard error. */
export interface Printer {
  readonly isTerminal: boolean;
  /** Columns of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  /**
   * Prints text that may hold names, labels and messages from elsewhere: on a terminal, control bytes in it are
   * shown as `\x1b`, so that they cannot steer the terminal.
   */
  print(text: string): void;
  /** Prints text whose control bytes are meant: progress and colours. */
  printRaw(text: string): void;
}

export function createPrinter(name: "stdout" | "stderr"): Printer {
  const descriptor = name === "stdout" ? 1 : 2;
  const printer: Printer = {
    get isTerminal() {
      return isTerminal(descriptor);
    },
    get columns() {
      return isTerminal(descriptor) ? process[name].columns : undefined;
    },
    print: (text) => printer.printRaw(printer.isTerminal ? escapeControls(text) : text),
    printRaw: (text) => writeAll(descriptor, Buffer.from(text)),
  };
  return printer;
}

/** Shows control characters other than tab and line break as escapes. */
export function escapeControls(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]/gu, (character) => {
    return `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`;
  });
}

/** A printer that shows nothing. */
export const silentPrinter: Printer = { isTerminal: false, columns: undefined, print: () => {}, printRaw: () => {} };
