import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  parseDuration
} from "./chunk-Y2MROQQV.js";
import {
  invalid
} from "./chunk-GVOX5WRT.js";

// packages/cli/src/flags/moment.ts
function parseMoment(name, text, nowMs = Date.now()) {
  if (/^\d+(\.\d{1,9})?$/.test(text)) return text;
  if (/^-?\d.*[a-z\u00b5\u03bc]$/.test(text)) return agoOf(text, nowMs);
  return dateOf(name, text);
}
function agoOf(text, nowMs) {
  const nano = BigInt(nowMs) * 1000000n - BigInt(parseDuration(text));
  return `${nano / 1000000000n}.${String(nano % 1000000000n).padStart(9, "0")}`;
}
var shape = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;
function dateOf(name, text) {
  const refused = invalid(`invalid value for "${name}": failed to parse value as time or duration: "${text}"`);
  const match = shape.exec(text);
  if (match === null) throw refused;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = ""] = match;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  if (Number.isNaN(ms)) throw refused;
  return `${Math.floor(ms / 1e3)}.${fraction.padEnd(9, "0")}`;
}

export {
  parseMoment
};
