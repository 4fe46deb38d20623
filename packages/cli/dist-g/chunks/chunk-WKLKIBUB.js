import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  parsedList
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/flags/filter.ts
function filterFlag(usage) {
  return parsedList(usage, parseFilter, { short: "f", label: "filter" });
}
function parseFilter(text) {
  const at = text.indexOf("=");
  if (at === -1) throw new TdockError("invalid-argument", "bad format of filter (expected name=value)");
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}
function filtersOf(pairs) {
  if (pairs.length === 0) return void 0;
  const filters = /* @__PURE__ */ Object.create(null);
  for (const [name, value] of pairs) {
    filters[name] ??= [];
    filters[name].push(value);
  }
  return filters;
}

export {
  filterFlag,
  filtersOf
};
