import { type Cli, programName } from "./cli.ts";
import type { FlagTable, FlagValues } from "./flags/flag.ts";

/** What a command was called with. */
export interface Call<F extends FlagTable> {
  readonly flags: FlagValues<F>;
  /** Names of the flags that were given, where "given" differs from a default. */
  readonly given: ReadonlySet<string>;
  readonly args: readonly string[];
}

/** One command of the command line. */
export interface Command<F extends FlagTable = FlagTable> {
  /** What stands behind the command's name in its usage line. */
  readonly usage: string;
  readonly flags: F;
  /** Least and most operands. */
  readonly operands: readonly [least: number, most: number];
  /** Whether what follows the first operand is somebody else's, flags included. */
  readonly stopAtOperand?: true;
  /** Gives the exit code; none is 0. Errors are printed by the caller, which then exits with 1. */
  run(cli: Cli, call: Call<F>): Promise<number | undefined>;
}

/** Declares a command. The identity function: it only fixes the type. */
export function defineCommand<const F extends FlagTable>(command: Command<F>): Command<F> {
  return command;
}

/** `tdock ps [OPTIONS]`. `path` is the command as it was called, e.g. `container ls`. */
export function usageLine(path: string, { usage }: Command): string {
  return `${programName} ${path}${usage === "" ? "" : ` ${usage}`}`;
}

export const none = [0, 0] as const;
export const atLeastOne = [1, Number.POSITIVE_INFINITY] as const;
export const any = [0, Number.POSITIVE_INFINITY] as const;
/** Exactly so many. */
export function exactly(count: number): readonly [number, number] {
  return [count, count];
}
