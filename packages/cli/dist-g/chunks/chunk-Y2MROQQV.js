import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  invalid
} from "./chunk-GVOX5WRT.js";
import {
  quote
} from "./chunk-BK7RGC7S.js";

// packages/cli/src/flags/duration.ts
var unitNs = {
  ns: 1,
  us: 1e3,
  \u00B5s: 1e3,
  \u03BCs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 36e11
};
function parseDuration(text) {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)([a-z\u00b5\u03bc]*)/g)];
  if (rest === "" || parts.map(([all]) => all).join("") !== rest)
    throw invalid(`time: invalid duration ${quote(text)}`);
  let total = 0;
  for (const [, amount, unit = ""] of parts) {
    const ns = unitNs[unit];
    if (unit === "") throw invalid(`time: missing unit in duration ${quote(text)}`);
    if (ns === void 0) throw invalid(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    total += Number(amount) * ns;
  }
  return (sign === "-" ? -1 : 1) * Math.round(total);
}

export {
  parseDuration
};
