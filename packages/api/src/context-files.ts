import { TdockError } from "@tdock/errors/error";

/** What stands before the bytes of a file of a build context. */
export interface ContextFileHead {
  /** The file's number in the listing of the context, from 0. */
  readonly number: number;
  /** Bytes that follow. */
  readonly size: number;
}

/** No head is longer. */
export const maxHeadBytes = 64;

/**
 * The head of one file in a body that brings files of a context: one line of two numbers. The file's bytes follow at
 * once, then the next head.
 */
export function encodeFileHead({ number, size }: ContextFileHead): string {
  return `${number} ${size}\n`;
}

/** Reads a head without the end of its line. Throws `invalid-argument`. */
export function parseFileHead(line: string): ContextFileHead {
  const [, number, size] = /^(\d{1,10}) (\d{1,15})$/.exec(line) ?? [];
  if (number !== undefined && size !== undefined) return { number: Number(number), size: Number(size) };
  const problem = "not a file of a build context: wanted its number and size";
  throw new TdockError("invalid-argument", `${problem}, got ${JSON.stringify(line.slice(0, maxHeadBytes))}`);
}
