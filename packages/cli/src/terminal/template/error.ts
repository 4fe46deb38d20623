import { TdockError } from "@tdock/errors/error";

/** A template that cannot be parsed, in the words of Go's text/template. */
export function parseError(line: number, message: string): TdockError {
  return new TdockError("invalid-argument", `template parsing error: template: :${line}: ${message}`);
}

/** Where in the source an expression stands: line and column count from 1 and 0, as Go counts them. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** A template that failed while it was filled in, in the words of Go's text/template. */
export function executeError({ line, column, text }: Position, message: string): TdockError {
  return new TdockError(
    "invalid-argument",
    `template parsing error: template: :${line}:${column}: executing "" at <${text}>: ${message}`,
  );
}
