import { TdockError } from "@tdock/errors/error";
import type { Directives } from "./directives.ts";
import { type HeredocWord, heredocWords } from "./heredoc.ts";
import { type Heredoc, type LogicalLine, type Span, syntaxErrorAt } from "./source.ts";

/** Bytes of Dockerfile that are read; BuildKit's frontend stops at 16 MiB of a message. */
export const maxDockerfileBytes = 4 * 1024 * 1024;

export interface Lines {
  readonly lines: readonly LogicalLine[];
  /** Physical lines that are blank inside a continuation: a lint rule warns of them. */
  readonly emptyContinuations: readonly number[];
}

interface Reader {
  readonly file: string;
  readonly text: string;
  readonly escapeChar: string;
  at: number;
  /** Number of the physical line that was read last, from 1. */
  line: number;
}

/**
 * Cuts a Dockerfile into instructions: joins continuation lines, drops comments, collects here-documents.
 * Takes time linear in the text. Throws for a file that is not text, is too large or holds no instruction,
 * and for a here-document without end. Follows BuildKit's parser/parser.go.
 */
export function splitLines(file: string, text: string, directives: Directives): Lines {
  checkText(file, text);
  const reader: Reader = { file, text, escapeChar: directives.escapeChar, at: 0, line: 0 };
  const lines: LogicalLine[] = [];
  const emptyContinuations: number[] = [];
  let comments: string[] = [];
  for (let physical = nextLine(reader); physical !== undefined; physical = nextLine(reader)) {
    const comment = commentOf(physical);
    if (comment !== undefined) {
      if (comment === "") comments = [];
      else if (reader.line > directives.lineCount) comments.push(comment);
      continue;
    }
    const line = joinLine(reader, physical, comments, emptyContinuations);
    if (line === undefined) continue;
    lines.push(line);
    comments = [];
  }
  if (lines.length === 0) throw syntaxErrorAt(file, { line: 1, column: 1 }, "file with no instructions");
  return { lines, emptyContinuations };
}

function checkText(file: string, text: string): void {
  if (text.trim() === "") throw new TdockError("invalid-argument", `the Dockerfile (${file}) cannot be empty`);
  if (text.length > maxDockerfileBytes) {
    const problem = `the Dockerfile (${file}) has ${text.length} bytes, more than ${maxDockerfileBytes}`;
    throw new TdockError("invalid-argument", problem);
  }
  const zero = text.indexOf("\0");
  if (zero === -1) return;
  const line = text.slice(0, zero).split("\n").length;
  throw syntaxErrorAt(file, { line, column: zero - text.lastIndexOf("\n", zero) }, "not a text file: it holds a NUL");
}

/** The next physical line without its line end. */
function nextLine(reader: Reader): string | undefined {
  if (reader.at >= reader.text.length) return undefined;
  const newline = reader.text.indexOf("\n", reader.at);
  const end = newline === -1 ? reader.text.length : newline;
  const line = reader.text.slice(reader.at, end).replace(/\r+$/, "");
  reader.at = end + 1;
  reader.line++;
  return line;
}

function commentOf(physical: string): string | undefined {
  const trimmed = physical.trimStart();
  return trimmed.startsWith("#") ? trimmed.slice(1).trim() : undefined;
}

function joinLine(
  reader: Reader,
  first: string,
  comments: readonly string[],
  emptyContinuations: number[],
): LogicalLine | undefined {
  const start = first.trimStart();
  const pieces: string[] = [];
  const spans: Span[] = [];
  let length = 0;
  const add = (piece: string, column: number) => {
    spans.push({ offset: length, position: { line: reader.line, column } });
    pieces.push(piece);
    length += piece.length;
  };
  let [piece, ended] = cutContinuation(start, reader.escapeChar);
  if (ended && piece === "") return undefined;
  add(piece, first.length - start.length + 1);
  while (!ended) {
    const next = nextLine(reader);
    if (next === undefined) break;
    if (commentOf(next) !== undefined) continue;
    if (next.trim() === "") {
      emptyContinuations.push(reader.line);
      continue;
    }
    [piece, ended] = cutContinuation(next, reader.escapeChar);
    add(piece, 1);
  }
  const text = pieces.join("");
  const heredocs = heredocWords(text, reader.escapeChar).map((word) => readHeredoc(reader, word, spans));
  return { file: reader.file, text, spans, endLine: reader.line, heredocs, comments };
}

/** The line without its continuation mark, and whether the instruction ends here. */
function cutContinuation(line: string, escapeChar: string): [string, boolean] {
  const trimmed = line.replace(/[ \t]+$/, "");
  const continues = trimmed.endsWith(escapeChar) && (trimmed.length === 1 || trimmed.at(-2) !== escapeChar);
  return continues ? [trimmed.slice(0, -1), false] : [line, true];
}

function readHeredoc(reader: Reader, word: HeredocWord, spans: readonly Span[]): Heredoc {
  const begin = reader.at;
  let end = reader.at;
  for (let line = nextLine(reader); line !== undefined; line = nextLine(reader)) {
    const candidate = word.chomp ? line.replace(/^\t+/, "") : line;
    if (candidate === word.name) {
      return { name: word.name, expand: word.expand, chomp: word.chomp, content: reader.text.slice(begin, end) };
    }
    end = Math.min(reader.at, reader.text.length);
  }
  const at = spans[0]?.position ?? { line: reader.line, column: 1 };
  throw syntaxErrorAt(reader.file, at, `unterminated heredoc <<${word.name}`);
}
