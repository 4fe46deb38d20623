import { TdockError } from "@tdock/errors/error";
import { quote } from "../terminal/template/quote.ts";
import type { Flag, FlagTable, FlagValues } from "./flag.ts";

export interface ParsedArguments<F extends FlagTable> {
  readonly flags: FlagValues<F>;
  /** Names of the flags that were given. */
  readonly given: ReadonlySet<string>;
  readonly operands: readonly string[];
  /** Whether help was asked for; the rest is then not checked. */
  readonly help: boolean;
}

/** `stopAtOperand`: everything from the first operand on belongs to the command that is run (`run IMAGE -x`). */
export interface ParseOptions {
  readonly stopAtOperand: boolean;
}

/**
 * Takes a command's words apart by pflag's rules: `--name value`, `--name=value`, `-abc`, `-nVALUE`, `-n=VALUE`,
 * `--bool=false`, `--`. Neither commander nor `util.parseArgs` reads `--rm=false` or `-e=A` as pflag does, and
 * commander adds 5 ms to each start.
 * Throws `invalid-argument` with reason `usage`, in pflag's words.
 */
export function parseArguments<F extends FlagTable>(
  table: F,
  words: readonly string[],
  { stopAtOperand }: ParseOptions,
): ParsedArguments<F> {
  const reader = new ArgumentReader(table, words);
  const operands: string[] = [];
  while (reader.hasNext()) {
    const word = reader.next();
    if (word === "--") {
      operands.push(...reader.rest());
    } else if (word.startsWith("--")) {
      reader.readLong(word);
    } else if (word.startsWith("-") && word.length > 1) {
      reader.readShorts(word);
    } else {
      operands.push(word);
      if (stopAtOperand) operands.push(...reader.rest());
    }
  }
  return { flags: reader.values as FlagValues<F>, given: reader.given, operands, help: reader.help };
}

class ArgumentReader {
  readonly values: Record<string, unknown> = {};
  readonly given = new Set<string>();
  help = false;
  readonly #table: FlagTable;
  readonly #words: readonly string[];
  #index = 0;

  constructor(table: FlagTable, words: readonly string[]) {
    this.#table = table;
    this.#words = words;
    for (const [name, flag] of Object.entries(table)) this.values[name] = flag.initial;
  }

  hasNext(): boolean {
    return !this.help && this.#index < this.#words.length;
  }

  next(): string {
    return this.#words[this.#index++] as string;
  }

  rest(): readonly string[] {
    const rest = this.#words.slice(this.#index);
    this.#index = this.#words.length;
    return rest;
  }

  readLong(word: string): void {
    const [name, value] = splitOnce(word.slice(2));
    if (name === "" || name.startsWith("-")) throw usage(`bad flag syntax: ${word}`);
    const flag = Object.hasOwn(this.#table, name) ? this.#table[name] : undefined;
    if (flag !== undefined) this.#set(name, value ?? flag.bare ?? this.#nextValue(`--${name}`));
    else if (name === "help") this.help = true;
    else throw usage(`unknown flag: --${name}`);
  }

  /** `-abc`: flags without values, and at last one that takes what is left of the word, or the next word. */
  readShorts(word: string): void {
    for (let at = 1; at < word.length && !this.help; at++) {
      const letter = word[at] as string;
      const name = this.#byLetter(letter, word);
      if (name === undefined) continue;
      const { bare } = this.#table[name] as Flag<unknown>;
      const rest = word.slice(at + 1);
      if (bare === undefined || rest.startsWith("=")) {
        const value =
          rest.replace(/^=/, "") || (rest === "" ? this.#nextValue(`'${letter}' in -${word.slice(at)}`) : "");
        this.#set(name, value);
        return;
      }
      this.#set(name, bare);
    }
  }

  #byLetter(letter: string, word: string): string | undefined {
    const name = Object.keys(this.#table).find((one) => this.#table[one]?.short === letter);
    if (name === undefined && letter !== "h") throw usage(`unknown shorthand flag: '${letter}' in ${word}`);
    if (name === undefined) this.help = true;
    return name;
  }

  #nextValue(shown: string): string {
    const value = this.#words[this.#index++];
    if (value === undefined) throw usage(`flag needs an argument: ${shown}`);
    return value;
  }

  #set(name: string, value: string): void {
    const flag = this.#table[name] as Flag<unknown>;
    try {
      this.values[name] = flag.add(this.values[name], value);
      this.given.add(name);
    } catch (thrown) {
      const shown = flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;
      throw usage(`invalid argument ${quote(value)} for "${shown}" flag: ${(thrown as Error).message}`, thrown);
    }
  }
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

function usage(message: string, cause?: unknown): TdockError {
  return new TdockError("invalid-argument", message, { reason: "usage", cause });
}
