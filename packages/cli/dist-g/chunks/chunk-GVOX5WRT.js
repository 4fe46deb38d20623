import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/flags/invalid.ts
function invalid(message, cause) {
  return new TdockError("invalid-argument", message, { cause });
}

export {
  invalid
};
