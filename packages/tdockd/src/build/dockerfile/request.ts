import type { Token } from "./flags.ts";
import { parseJsonArray } from "./json-array.ts";
import { type LogicalLine, syntaxError } from "./source.ts";
import { splitAtSpace } from "./words.ts";

/** An instruction cut into its parts, as the parsers of the kinds get it. */
export interface Request {
  readonly line: LogicalLine;
  /** The keyword in capitals. */
  readonly name: string;
  readonly flags: readonly Token[];
  readonly rest: string;
  readonly restOffset: number;
  readonly escapeChar: string;
}

/** An error at the beginning of the arguments. */
export function argumentError(request: Request, message: string): Error {
  return syntaxError(request.line, request.rest === "" ? 0 : request.restOffset, message);
}

/** Throws unless there is something after the flags. */
export function needArguments(request: Request): void {
  if (request.rest === "") throw argumentError(request, `${request.name} requires at least one argument`);
}

/** The values of a JSON array, or `undefined` for any other text. */
export function jsonArguments(request: Request, text = request.rest): readonly string[] | undefined {
  const array = parseJsonArray(text);
  if (array.kind === "array") return array.values;
  if (array.kind === "not-json") return undefined;
  throw argumentError(request, "when using JSON array syntax, arrays must be comprised of strings only");
}

/** The values of a JSON array, or the words between white space. */
export function listArguments(request: Request): Token[] {
  const values = jsonArguments(request);
  if (values === undefined) return splitAtSpace(request.rest, request.restOffset);
  return values.map((text) => ({ text, offset: request.restOffset }));
}
