import { spawn } from "@lydell/node-pty";
import { eventually } from "./eventually.ts";

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a program in a terminal is given beside its arguments. */
export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly size?: TerminalSize;
}

/** A program that runs in a terminal of its own, as a user at a keyboard would run it. */
export interface Terminal extends Disposable {
  /** Types: control characters do what they do on a keyboard (Ctrl-C is `\x03`). */
  readonly type: (keys: string) => void;
  readonly resize: (size: TerminalSize) => void;
  /** All that was printed so far, as it came, escape sequences too. */
  readonly output: () => string;
  /** Waits until `text` was printed. Rejects with all that was printed instead. */
  readonly waitFor: (text: string) => Promise<void>;
  /** The exit code of the program once it has ended; 128 + N where signal N ended it. */
  readonly exit: Promise<number>;
  readonly pid: number;
}

/** Runs `file` in a new terminal. Disposing of it hangs the terminal up. */
export function openTerminal(file: string, args: readonly string[], options: TerminalOptions = {}): Terminal {
  const { columns, rows } = options.size ?? { columns: 80, rows: 24 };
  const env = { ...process.env, TERM: "xterm-256color", ...options.env };
  const pty = spawn(file, [...args], { cols: columns, rows, env, ...(options.cwd && { cwd: options.cwd }) });
  let output = "";
  let ended = false;
  pty.onData((text) => {
    output += text;
  });
  const exit = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      ended = true;
      resolve(signal ? 128 + signal : exitCode);
    });
  });
  return {
    exit,
    pid: pty.pid,
    type: (keys) => pty.write(keys),
    resize: (size) => pty.resize(size.columns, size.rows),
    output: () => output,
    waitFor: (text) =>
      eventually(() => {
        if (!output.includes(text)) throw new Error(`wanted ${JSON.stringify(text)} in ${JSON.stringify(output)}`);
      }),
    [Symbol.dispose]: () => {
      if (!ended) pty.kill("SIGHUP");
    },
  };
}
