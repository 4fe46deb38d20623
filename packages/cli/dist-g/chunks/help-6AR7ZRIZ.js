import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  commandHelp,
  commandLines,
  flagLines,
  usageLine
} from "./chunk-LRT6GVPJ.js";
import "./chunk-EGQGQT3A.js";
import "./chunk-G5U4NNID.js";
import "./chunk-UIKEASUR.js";
export {
  commandHelp,
  commandLines,
  flagLines,
  usageLine
};
