import { isTerminal } from "./is-terminal.ts";

/** Size of the terminal that standard output is; undefined where it is none. */
export function terminalSize(): { readonly rows: number; readonly columns: number } | undefined {
  if (!isTerminal(1)) return undefined;
  const { rows, columns } = process.stdout;
  return rows > 0 && columns > 0 ? { rows, columns } : undefined;
}

/** Calls `resize` now and whenever the window changes its size. Dispose of it to stop. */
export class SizeWatch implements Disposable {
  readonly #changed: () => void;

  constructor(resize: (rows: number, columns: number) => void) {
    this.#changed = () => {
      const size = terminalSize();
      if (size !== undefined) resize(size.rows, size.columns);
    };
    this.#changed();
    process.stdout.on("resize", this.#changed);
  }

  [Symbol.dispose](): void {
    process.stdout.off("resize", this.#changed);
  }
}
