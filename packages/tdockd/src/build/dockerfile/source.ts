import { TdockError } from "@tdock/errors/error";

/** A place in a Dockerfile; both count from 1, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a piece of a logical line came from: `offset` in the line's text is `position` in the file. */
export interface Span {
  readonly offset: number;
  readonly position: Position;
}

/** A here-document that follows an instruction. */
export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** False when the word after `<<` was quoted: COPY and ADD then take the content as it stands. */
  readonly expand: boolean;
  /** `<<-`: leading tabs are to be removed. */
  readonly chomp: boolean;
}

/** One instruction's text, continuation lines joined, comments between them dropped. */
export interface LogicalLine {
  readonly file: string;
  readonly text: string;
  readonly spans: readonly Span[];
  /** Last physical line that belongs to it, here-documents included. */
  readonly endLine: number;
  readonly heredocs: readonly Heredoc[];
  /** Comment lines right above, without `#`, trimmed. */
  readonly comments: readonly string[];
}

/** Where `offset` of the line's text stands in the file. */
export function positionAt(line: Pick<LogicalLine, "spans">, offset: number): Position {
  const span = line.spans.findLast((candidate) => candidate.offset <= offset) ?? line.spans[0];
  if (span === undefined) return { line: 1, column: 1 };
  return { line: span.position.line, column: span.position.column + Math.max(0, offset - span.offset) };
}

/** An `invalid-argument` error that names file, line and column of `offset` in the line's text. */
export function syntaxError(line: Pick<LogicalLine, "file" | "spans">, offset: number, message: string): TdockError {
  return syntaxErrorAt(line.file, positionAt(line, offset), message);
}

/** Like `syntaxError`, for a place that belongs to no logical line. */
export function syntaxErrorAt(file: string, at: Position, message: string): TdockError {
  return new TdockError("invalid-argument", `${file}:${at.line}:${at.column}: ${message}`, { reason: "dockerfile" });
}
