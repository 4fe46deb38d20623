import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/terminal/short-id.ts
function shortId(id) {
  return id.slice(id.indexOf(":") + 1).slice(0, 12);
}

export {
  shortId
};
