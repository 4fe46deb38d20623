import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";

/** What is done to one of several containers, images, …; gives what is printed for it, undefined for nothing. */
export type TargetAction = (target: string) => Promise<string | undefined>;

const mostAtOnce = 50;

/**
 * Does something to every target, many at once, and prints the results in the order of the targets. What fails does
 * not keep the others from being done; its errors are printed at the end. Gives the exit code, for which the errors
 * that are `excused` do not count.
 */
export async function eachTarget(
  cli: Cli,
  targets: readonly string[],
  act: TargetAction,
  excused: (error: TdockError) => boolean = () => false,
): Promise<number> {
  const results = runAll(targets, act);
  const errors: TdockError[] = [];
  for (const result of results) {
    try {
      const text = await result;
      if (text !== undefined) cli.out.print(`${text}\n`);
    } catch (thrown) {
      errors.push(TdockError.from(thrown));
    }
  }
  for (const { message } of errors) cli.err.print(`${message}\n`);
  return errors.every(excused) ? 0 : 1;
}

/** Starts all, no more than so many at a time. */
function runAll(targets: readonly string[], act: TargetAction): Promise<string | undefined>[] {
  const results: Promise<string | undefined>[] = [];
  for (const [index, target] of targets.entries()) {
    const turn = results[index - mostAtOnce]?.catch(() => {}) ?? Promise.resolve();
    const result = turn.then(() => act(target));
    // Looked at only when its turn to be printed comes.
    result.catch(() => {});
    results.push(result);
  }
  return results;
}
