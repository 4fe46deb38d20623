import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  quote
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/flags/parse-arguments.ts
function parseArguments(table, words, { stopAtOperand }) {
  const reader = new ArgumentReader(table, words);
  const operands = [];
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
  return { flags: reader.values, given: reader.given, operands, help: reader.help };
}
var ArgumentReader = class {
  values = {};
  given = /* @__PURE__ */ new Set();
  help = false;
  #table;
  #words;
  #index = 0;
  constructor(table, words) {
    this.#table = table;
    this.#words = words;
    for (const [name, flag] of Object.entries(table)) this.values[name] = flag.initial;
  }
  hasNext() {
    return !this.help && this.#index < this.#words.length;
  }
  next() {
    return this.#words[this.#index++];
  }
  rest() {
    const rest = this.#words.slice(this.#index);
    this.#index = this.#words.length;
    return rest;
  }
  readLong(word) {
    const [name, value] = splitOnce(word.slice(2));
    if (name === "" || name.startsWith("-")) throw usage(`bad flag syntax: ${word}`);
    const flag = Object.hasOwn(this.#table, name) ? this.#table[name] : void 0;
    if (flag !== void 0) this.#set(name, value ?? flag.bare ?? this.#nextValue(`--${name}`));
    else if (name === "help") this.help = true;
    else throw usage(`unknown flag: --${name}`);
  }
  /** `-abc`: flags without values, and at last one that takes what is left of the word, or the next word. */
  readShorts(word) {
    for (let at = 1; at < word.length && !this.help; at++) {
      const letter = word[at];
      const name = this.#byLetter(letter, word);
      if (name === void 0) continue;
      const { bare } = this.#table[name];
      const rest = word.slice(at + 1);
      if (bare === void 0 || rest.startsWith("=")) {
        const value = rest.replace(/^=/, "") || (rest === "" ? this.#nextValue(`'${letter}' in -${word.slice(at)}`) : "");
        this.#set(name, value);
        return;
      }
      this.#set(name, bare);
    }
  }
  #byLetter(letter, word) {
    const name = Object.keys(this.#table).find((one) => this.#table[one]?.short === letter);
    if (name === void 0 && letter !== "h") throw usage(`unknown shorthand flag: '${letter}' in ${word}`);
    if (name === void 0) this.help = true;
    return name;
  }
  #nextValue(shown) {
    const value = this.#words[this.#index++];
    if (value === void 0) throw usage(`flag needs an argument: ${shown}`);
    return value;
  }
  #set(name, value) {
    const flag = this.#table[name];
    try {
      this.values[name] = flag.add(this.values[name], value);
      this.given.add(name);
    } catch (thrown) {
      const shown = flag.short === void 0 ? `--${name}` : `-${flag.short}, --${name}`;
      throw usage(`invalid argument ${quote(value)} for "${shown}" flag: ${thrown.message}`, thrown);
    }
  }
};
function splitOnce(word) {
  const at = word.indexOf("=");
  return at === -1 ? [word, void 0] : [word.slice(0, at), word.slice(at + 1)];
}
function usage(message, cause) {
  return new TdockError("invalid-argument", message, { reason: "usage", cause });
}

export {
  parseArguments
};
