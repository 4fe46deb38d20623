import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  splitPair
} from "./chunk-NLNHA66E.js";
import {
  invalid
} from "./chunk-GVOX5WRT.js";

// packages/cli/src/flags/size.ts
var powers = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
function parseSize(text) {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(text);
  if (match === null) throw invalid(`invalid size: '${text}'`);
  const bytes = Math.trunc(Number(match[1]) * 1024 ** (powers[(match[2] ?? "").toLowerCase()] ?? 0));
  if (!Number.isSafeInteger(bytes)) throw invalid(`invalid size: '${text}'`);
  return bytes;
}
function parseSwapSize(text) {
  return text === "-1" ? -1 : parseSize(text);
}

// packages/cli/src/flags/restart-policy.ts
function parseRestartPolicy(text) {
  const [name, count] = splitPair(text, ":");
  if (count !== void 0 && name === "")
    throw invalid("invalid restart policy format: no policy provided before colon");
  if (count !== void 0 && count !== "" && !/^[+-]?\d{1,9}$/.test(count)) {
    throw invalid("invalid restart policy format: maximum retry count must be an integer");
  }
  return { Name: name, MaximumRetryCount: Number(count ?? 0) };
}

export {
  parseSize,
  parseSwapSize,
  parseRestartPolicy
};
