import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/config-file.ts
import { readFileSync } from "node:fs";
import { join } from "node:path";
function configPath({ configFolder }) {
  return join(configFolder, "config.json");
}
function readConfigFile(cli) {
  const path = configPath(cli);
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    const error = TdockError.from(thrown);
    if (error.code === "not-found" || error.code === "forbidden") return {};
    throw error;
  }
  try {
    const parsed = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch (cause) {
    throw new TdockError("invalid-argument", `cannot read ${path}: ${cause.message}`, { cause });
  }
}

export {
  readConfigFile
};
