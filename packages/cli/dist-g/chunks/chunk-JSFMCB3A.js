import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  compareVersions
} from "./chunk-UIKEASUR.js";

// packages/cli/src/client/framing.ts
function isFramed({ apiVersion }, { headers }) {
  if (headers["content-type"] === "application/vnd.docker.multiplexed-stream") return true;
  return compareVersions(apiVersion, "1.42") >= 0 ? false : void 0;
}

export {
  isFramed
};
