import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/terminal/open-input.ts
import { open } from "node:fs/promises";
async function openInput(path) {
  if (path === "-") {
    if (process.stdin.isTTY) throw new TdockError("invalid-argument", "requested load from stdin, but stdin is empty");
    return process.stdin;
  }
  try {
    return (await open(path)).createReadStream();
  } catch (cause) {
    const { code, message } = cause;
    const words = code === "ENOENT" ? "no such file or directory" : message;
    throw new TdockError(TdockError.from(cause).code, `open ${path}: ${words}`, { cause });
  }
}

export {
  openInput
};
