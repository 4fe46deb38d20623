import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);

// packages/cli/src/commands/labels.ts
function labelsText(labels) {
  return Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`).sort().join(",");
}
function labelTitle(name) {
  return String(name).split(".").at(-1)?.replace(/[-_]/g, " ") ?? "";
}

export {
  labelsText,
  labelTitle
};
