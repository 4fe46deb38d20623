import { expandWords } from "./expand.ts";
import { splitInstruction } from "./flags.ts";
import { parseJsonArray } from "./json-array.ts";

/** A `<<NAME` in an instruction, before its content is read. */
export interface HeredocWord {
  readonly name: string;
  readonly expand: boolean;
  readonly chomp: boolean;
}

const withHeredocs = new Set(["RUN", "COPY", "ADD"]);

/**
 * The here-documents that an instruction announces: in RUN, COPY and ADD (also behind ONBUILD) when the
 * arguments are not a JSON array. Follows BuildKit's parser/parser.go (heredocsFromLine).
 */
export function heredocWords(text: string, escapeChar: string): HeredocWord[] {
  if (!text.includes("<<") || !mayHoldHeredocs(text, escapeChar)) return [];
  return rawWords(text).flatMap((word) => parseHeredocWord(word) ?? []);
}

function mayHoldHeredocs(text: string, escapeChar: string): boolean {
  const { keyword, rest } = splitInstruction(text, escapeChar);
  if (keyword.toUpperCase() === "ONBUILD") return mayHoldHeredocs(rest, escapeChar);
  return withHeredocs.has(keyword.toUpperCase()) && parseJsonArray(rest).kind === "not-json";
}

function rawWords(text: string): readonly string[] {
  try {
    return expandWords(text, () => undefined, {
      escapeChar: "\\",
      keepQuotes: true,
      keepEscapes: true,
      keepUnset: true,
    });
  } catch {
    return []; // an unbalanced quote: the shell will complain, not us
  }
}

/** What `word` announces, when it is `<<NAME`, `<<-NAME` or `<<"NAME"`, perhaps with a descriptor in front. */
export function parseHeredocWord(word: string): HeredocWord | undefined {
  const match = /^\d*<<(-?)\s*([^<]+)$/.exec(word);
  const rest = match?.[2];
  if (rest === undefined) return undefined;
  const unquoted = expandWords(rest, () => undefined, { escapeChar: "\\", keepUnset: true });
  const name = unquoted[0];
  if (name === undefined || unquoted.length !== 1) return undefined;
  return { name, expand: !/['"]/.test(rest), chomp: match?.[1] === "-" };
}

/** The content as a file gets it: `<<-` loses the tabs at the start of each line. */
export function chompTabs(content: string): string {
  return content.replace(/^\t+/gm, "");
}
