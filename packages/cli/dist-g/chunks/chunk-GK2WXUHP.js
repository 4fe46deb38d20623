import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  splitPair
} from "./chunk-NLNHA66E.js";
import {
  invalid
} from "./chunk-GVOX5WRT.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/flags/read-file.ts
import { readFileSync } from "node:fs";
var words = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EISDIR: "is a directory"
};
function readTextFile(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code, message } = cause;
    throw new TdockError(TdockError.from(cause).code, `open ${path}: ${words[code ?? ""] ?? message}`, { cause });
  }
}

// packages/cli/src/flags/key-value-file.ts
function readKeyValueFile(path, lookUp) {
  return parseKeyValueLines(readTextFile(path), { path, lookUp });
}
function parseKeyValueLines(text, { path, lookUp }) {
  const pairs = [];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const trimmed = line.trimStart();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const at = trimmed.indexOf("=");
    const name = at === -1 ? trimmed : trimmed.slice(0, at);
    if (/\s/.test(name)) throw invalid(`invalid env file (${path}): variable '${name}' contains whitespaces`);
    if (name === "") throw invalid(`invalid env file (${path}): no variable name on line '${trimmed}'`);
    const value = at === -1 ? lookUp?.(name) : trimmed.slice(at + 1);
    if (value !== void 0) pairs.push(`${name}=${value}`);
    else if (lookUp === void 0) pairs.push(name);
  }
  return pairs;
}

// packages/cli/src/flags/environment.ts
function parseEnv(text) {
  if (splitPair(text)[0] === "") throw invalid(`invalid environment variable: ${text}`);
  return text;
}
function collectEnv(files, given, env) {
  const fromFiles = files.flatMap((path) => readKeyValueFile(path, (name) => env[name]));
  return [...fromFiles, ...given.map((text) => withCallersValue(text, env))];
}
function withCallersValue(text, env) {
  const [name, value] = splitPair(text);
  return value === void 0 && env[name] !== void 0 ? `${name}=${env[name]}` : text;
}
function collectLabels(files, given) {
  return [...files.flatMap((path) => readKeyValueFile(path)), ...given];
}
function parseLabel(text) {
  if (splitPair(text)[0] === "") throw invalid(`invalid label '${text}': empty name`);
  return text;
}

export {
  readTextFile,
  parseEnv,
  collectEnv,
  collectLabels,
  parseLabel
};
