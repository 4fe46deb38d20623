import { execa } from "execa";

/** How a program ended. A non-zero exit is a value here, never an exception. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; 128 + N where signal N ended the program. */
  readonly exitCode: number;
}

/** What a program is given beside its arguments. */
export interface ProgramOptions {
  readonly stdin?: string | Uint8Array;
  /** Added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends the program with SIGKILL; the outcome then has exit code 137. Default one minute. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const signalNumbers: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** Runs a program to its end. Rejects only when it cannot be started. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Outcome> {
  const result = await execa(file, args, {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 1 << 30,
    input: options.stdin ?? "",
    timeout: options.timeoutMs ?? 60_000,
    killSignal: "SIGKILL",
    ...(options.env && { env: options.env }),
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.signal && { cancelSignal: options.signal }),
  });
  if (result.exitCode === undefined && !result.signal) throw result;
  const exitCode = result.exitCode ?? 128 + (signalNumbers[result.signal ?? ""] ?? 0);
  return { stdout: result.stdout, stderr: result.stderr, exitCode };
}

/** Runs a program that must exit 0 and gives its stdout. Throws with its stderr otherwise. */
export async function mustRun(file: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { stdout, stderr, exitCode } = await runProgram(file, args, options);
  if (exitCode !== 0) throw new Error(`${file} ${args.join(" ")} exited ${exitCode}: ${stderr || stdout}`);
  return stdout;
}
