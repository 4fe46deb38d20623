import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/terminal/template/json.ts
function parseJson(text) {
  return /\d{16}/.test(text) ? JSON.parse(text, reviveNumber) : JSON.parse(text);
}
function toJson(value, indent = "") {
  return JSON.stringify(value ?? null, writeNumber, indent) ?? "null";
}
function reviveNumber(_key, value, context) {
  const isExact = typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value);
  return isExact || !/^-?\d+$/.test(context.source ?? "") ? value : BigInt(context.source);
}
function writeNumber(_key, value) {
  return typeof value === "bigint" ? JSON.rawJSON(String(value)) : value;
}

export {
  parseJson,
  toJson
};
