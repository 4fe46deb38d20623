import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/flags/pairs.ts
function splitPair(text, separator = "=") {
  const at = text.indexOf(separator);
  return at === -1 ? [text, void 0] : [text.slice(0, at), text.slice(at + separator.length)];
}
function pairsToMap(pairs) {
  const map = /* @__PURE__ */ Object.create(null);
  for (const pair of pairs) {
    const [name, value] = splitPair(pair);
    map[name] = value ?? "";
  }
  return map;
}

export {
  splitPair,
  pairsToMap
};
