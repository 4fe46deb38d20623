import { TdockError } from "@tdock/errors/error";
import { checkLength, ExpandedText } from "./expanded-text.ts";
import { replacePattern, trimPattern } from "./pattern.ts";

/** Looks a variable up; `undefined` means unset. */
export type Lookup = (name: string) => string | undefined;

export interface ExpandOptions {
  /** The Dockerfile's escape character. */
  readonly escapeChar: string;
  /** Keep quotes in the result. */
  readonly keepQuotes?: boolean;
  /** Keep escape characters in the result. */
  readonly keepEscapes?: boolean;
  /** Leave references to unset variables as they stand. */
  readonly keepUnset?: boolean;
  /** Quotes are ordinary characters, as in a here-document. */
  readonly literalQuotes?: boolean;
}

export interface Expansion {
  readonly value: string;
  /** Names that were looked up and are unset. */
  readonly unset: ReadonlySet<string>;
  readonly used: ReadonlySet<string>;
}

const maxDepth = 100;

/**
 * Expands `$name`, `${name}` and the `${name…}` forms of BuildKit's shell/lex.go in a text that stays one word:
 * `:-` `-` `:+` `+` `:?` `?` `#` `##` `%` `%%` `/` `//`. Throws `invalid-argument` without a place.
 */
export function expandWord(text: string, lookup: Lookup, options: ExpandOptions): Expansion {
  const state = newState(text, lookup, options);
  const { value } = expandUntil(state, undefined, options.keepEscapes ?? false);
  return { value, unset: state.unset, used: state.used };
}

/** The same, split at white space that neither quotes nor escapes protect. */
export function expandWords(text: string, lookup: Lookup, options: ExpandOptions): string[] {
  return expandUntil(newState(text, lookup, options), undefined, options.keepEscapes ?? false).words;
}

interface State {
  readonly text: string;
  readonly lookup: Lookup;
  readonly options: ExpandOptions;
  readonly unset: Set<string>;
  readonly used: Set<string>;
  at: number;
  depth: number;
}

function newState(text: string, lookup: Lookup, options: ExpandOptions): State {
  return { text, lookup, options, unset: new Set(), used: new Set(), at: 0, depth: 0 };
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}

function expandUntil(state: State, stop: string | undefined, keepEscapes: boolean): ExpandedText {
  if (state.depth >= maxDepth) throw invalid(`more than ${maxDepth} substitutions in one another`);
  state.depth++;
  const output = new ExpandedText();
  while (state.at < state.text.length) {
    const char = state.text.charAt(state.at);
    if (char === stop) {
      state.at++;
      state.depth--;
      return output.finish();
    }
    expandNext(state, char, keepEscapes, output);
  }
  if (stop !== undefined) throw invalid(`syntax error: missing '${stop}' in substitution`);
  state.depth--;
  return output.finish();
}

function expandNext(state: State, char: string, keepEscapes: boolean, output: ExpandedText): void {
  const quotes = state.options.literalQuotes !== true;
  if (char === "$") output.loose(expandDollar(state));
  else if (quotes && char === "'") output.solid(singleQuoted(state));
  else if (quotes && char === '"') output.solid(doubleQuoted(state, keepEscapes));
  else if (char === "<" && state.text.startsWith("<<", state.at)) output.solid(heredocMark(state));
  else if (char === state.options.escapeChar) {
    const escaped = state.text.charAt(state.at + 1);
    output.solid(keepEscapes ? char + escaped : escaped);
    state.at += 2;
  } else output.loose(plainRun(state, char));
}

/** As many characters as stand here without any meaning, at least one: `first`. */
function plainRun(state: State, first: string): string {
  const stops = /[$'"<}/\\`]/g;
  stops.lastIndex = state.at + 1;
  const end = stops.exec(state.text)?.index ?? state.text.length;
  const run = first + state.text.slice(state.at + 1, end);
  state.at = end;
  return run;
}

/** `<<` and the blanks after it belong to the word that follows. */
function heredocMark(state: State): string {
  const mark = /<<[\t\r ]*/y;
  mark.lastIndex = state.at;
  const found = mark.exec(state.text)?.[0] ?? "";
  state.at += found.length;
  return found;
}

function singleQuoted(state: State): string {
  const end = state.text.indexOf("'", state.at + 1);
  if (end === -1) throw invalid("unexpected end of statement while looking for matching single-quote");
  const inner = state.text.slice(state.at + 1, end);
  state.at = end + 1;
  return state.options.keepQuotes ? `'${inner}'` : inner;
}

function doubleQuoted(state: State, keepEscapes: boolean): string {
  const quote = state.options.keepQuotes ? '"' : "";
  let result = quote;
  state.at++;
  while (state.at < state.text.length) {
    const char = state.text.charAt(state.at);
    if (char === '"') {
      state.at++;
      return result + quote;
    }
    if (char === "$") result += expandDollar(state);
    else if (char === state.options.escapeChar) result += escapeInQuotes(state, keepEscapes);
    else {
      result += char;
      state.at++;
    }
    checkLength(result);
  }
  throw invalid("unexpected end of statement while looking for matching double-quote");
}

/** Inside double quotes only the quote, the dollar and the escape itself can be escaped. */
function escapeInQuotes(state: State, keepEscapes: boolean): string {
  const { escapeChar } = state.options;
  const next = state.text.charAt(state.at + 1);
  if (next === '"' || next === "$" || next === escapeChar) {
    state.at += 2;
    return keepEscapes ? escapeChar + next : next;
  }
  state.at++;
  if (next === "") return keepEscapes ? escapeChar : "";
  return keepEscapes ? escapeChar + escapeChar : escapeChar;
}

function expandDollar(state: State): string {
  state.at++;
  if (state.text.charAt(state.at) === "{") return expandBraces(state);
  const name = readName(state);
  if (name === "") return "$";
  return lookUp(state, name) ?? (state.options.keepUnset ? `$${name}` : "");
}

function expandBraces(state: State): string {
  const begin = ++state.at;
  const first = state.text.charAt(begin);
  if (first === "") throw invalid("syntax error: missing '}'");
  if (first === "{" || first === "}" || first === ":") throw invalid("syntax error: bad substitution");
  const name = readName(state);
  const colon = state.text.charAt(state.at) === ":" ? ":" : "";
  state.at += colon.length;
  const operator = state.text.charAt(state.at++);
  if (operator === "") throw invalid("syntax error: missing '}'");
  if (operator === "}" && colon === "") return lookUp(state, name) ?? (state.options.keepUnset ? `\${${name}}` : "");
  const value = substitute(state, name, colon, operator);
  return value ?? `\${${state.text.slice(begin, state.at)}`;
}

/** `undefined` when the variable is unset and to be left as it stands. */
function substitute(state: State, name: string, colon: string, operator: string): string | undefined {
  if (operator === "/" && colon === "") return substitutePattern(state, name);
  const onPattern = operator === "#" || operator === "%";
  if (!"-+?#%".includes(operator) || (onPattern && colon !== "")) {
    throw invalid(`unsupported modifier (${colon}${operator}) in substitution`);
  }
  const word = expandUntil(state, "}", onPattern).value;
  const value = lookUp(state, name);
  if (value === undefined && state.options.keepUnset) return undefined;
  if (operator === "#" || operator === "%") return trimPattern(value ?? "", operator, word);
  const missing = value === undefined || (colon !== "" && value === "");
  if (operator === "-") return missing ? word : value;
  if (operator === "+") return missing ? "" : word;
  if (!missing) return value;
  const problem = value === undefined ? "is not allowed to be unset" : "is not allowed to be empty";
  throw invalid(`${name}: ${word === "" ? problem : word}`);
}

function substitutePattern(state: State, name: string): string | undefined {
  const all = state.text.charAt(state.at) === "/";
  if (all) state.at++;
  const pattern = expandUntil(state, "/", true).value;
  const replacement = expandUntil(state, "}", true).value;
  const value = lookUp(state, name);
  if (value === undefined && state.options.keepUnset) return undefined;
  return replacePattern(value ?? "", pattern, replacement, all);
}

function lookUp(state: State, name: string): string | undefined {
  const value = state.lookup(name);
  (value === undefined ? state.unset : state.used).add(name);
  return value;
}

/** Digits, one special parameter of the shell, or a name. */
function readName(state: State): string {
  const name = /\d+|[@*#?\-$!]|[\p{L}_][\p{L}\p{Nd}_]*/uy;
  name.lastIndex = state.at;
  const found = name.exec(state.text)?.[0] ?? "";
  state.at += found.length;
  return found;
}
