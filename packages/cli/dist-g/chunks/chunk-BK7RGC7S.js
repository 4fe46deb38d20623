import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/terminal/template/quote.ts
var named = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "	": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"'
};
function quote(text2) {
  const inner = text2.replace(
    new RegExp('["\\\\\\p{C}\\p{Zl}\\p{Zp}]|(?! )\\p{Zs}', "gu"),
    (character) => named[character] ?? escaped(character)
  );
  return `"${inner}"`;
}
function escaped(character) {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 128) return `\\x${hex.padStart(2, "0")}`;
  return code > 65535 ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

// packages/cli/src/flags/flag.ts
function bool(usage, options = {}) {
  const { initial = false, ...rest } = options;
  return {
    usage,
    ...rest,
    initial,
    bare: "true",
    ...initial && { shownDefault: "true" },
    add: (_, text2) => parseBool(text2)
  };
}
function optionalBool(usage, options = {}) {
  return { usage, ...options, initial: void 0, bare: "true", add: (_, text2) => parseBool(text2) };
}
function text(usage, options = {}) {
  return { usage, label: "string", ...options, initial: void 0, add: (_, value) => value };
}
function list(usage, options = {}) {
  return parsedList(usage, (value) => value, options);
}
function parsed(usage, parse, options = {}) {
  return { usage, label: "string", ...options, initial: void 0, add: (_, value) => parse(value) };
}
function parsedList(usage, parse, options = {}) {
  return { usage, label: "list", ...options, initial: [], add: (previous, value) => [...previous, parse(value)] };
}
function int(usage, options = {}) {
  return parsed(usage, parseInteger, { label: "int", ...options });
}
function parseBool(value) {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(value)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(value)) return false;
  throw new TdockError("invalid-argument", `strconv.ParseBool: parsing ${quote(value)}: invalid syntax`);
}
function parseInteger(value) {
  const digits = value.replace(/^([+-]?)0(\d)/, "$10o$2").replace(/^\+/, "");
  const isWhole = /^-?(\d+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits);
  const number = digits.startsWith("-") ? -Number(digits.slice(1)) : Number(digits);
  if (!isWhole || Number.isNaN(number)) {
    throw new TdockError("invalid-argument", `strconv.ParseInt: parsing ${quote(value)}: invalid syntax`);
  }
  if (!Number.isSafeInteger(number)) {
    throw new TdockError("invalid-argument", `strconv.ParseInt: parsing ${quote(value)}: value out of range`);
  }
  return number;
}

export {
  quote,
  bool,
  optionalBool,
  text,
  list,
  parsed,
  parsedList,
  int,
  parseInteger
};
