import { readFlags } from "./flag-values.ts";
import type { Token } from "./flags.ts";
import type { ArgDefinition, BodyOf, Pair } from "./instruction.ts";
import { argumentError, needArguments, type Request } from "./request.ts";
import { syntaxError } from "./source.ts";
import { splitKeepingQuotes } from "./words.ts";

/** ENV and LABEL: `name=value …`, or the old `name value`. */
export function parsePairs(request: Request, kind: "env" | "label"): BodyOf<"env" | "label"> {
  readFlags(request.line, request.flags, {});
  needArguments(request);
  const words = splitKeepingQuotes(request.rest, request.restOffset, request.escapeChar);
  if (words[0]?.text.includes("=") === false) return { kind, pairs: [legacyPair(request)], legacy: true };
  return { kind, pairs: words.map((word) => pairOf(request, word)), legacy: false };
}

function legacyPair(request: Request): Pair {
  const gap = /[\t\v\f\r ]+/.exec(request.rest);
  if (gap === null) throw argumentError(request, `${request.name} must have two arguments`);
  return { name: request.rest.slice(0, gap.index), value: request.rest.slice(gap.index + gap[0].length) };
}

function pairOf(request: Request, word: Token): Pair {
  const equals = word.text.indexOf("=");
  if (equals === -1) {
    const problem = `Syntax error - can't find = in ${JSON.stringify(word.text)}. Must be of the form: name=value`;
    throw syntaxError(request.line, word.offset, problem);
  }
  if (equals === 0) throw syntaxError(request.line, word.offset, `${request.name} names can not be blank`);
  return { name: word.text.slice(0, equals), value: word.text.slice(equals + 1) };
}

/** ARG: `name` or `name=value`, several. */
export function parseArg(request: Request): BodyOf<"arg"> {
  readFlags(request.line, request.flags, {});
  needArguments(request);
  const words = splitKeepingQuotes(request.rest, request.restOffset, request.escapeChar);
  return { kind: "arg", args: words.map((word) => argOf(request, word)) };
}

function argOf(request: Request, word: Token): ArgDefinition {
  return word.text.includes("=") ? pairOf(request, word) : { name: word.text, value: undefined };
}
