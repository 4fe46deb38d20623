import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  copyOutput
} from "./chunk-DVWXHFU4.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/terminal/save-stream.ts
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
async function checkDestination(path) {
  if (path === void 0 || path === "") {
    if (!process.stdout.isTTY) return;
    throw new TdockError("invalid-argument", "cowardly refusing to save to a terminal. Use the -o flag or redirect");
  }
  const folder = await stat(dirname(path)).catch(() => void 0);
  if (folder?.isDirectory()) return;
  throw new TdockError("not-found", `invalid output path: directory "${dirname(path)}" does not exist`);
}
async function saveStream(source, path) {
  if (path === void 0 || path === "") return copyOutput(source, { framed: false });
  const partial = `${path}.${process.pid}.part`;
  try {
    await pipeline(source, createWriteStream(partial, { mode: 438 }));
    await rename(partial, path);
  } catch (thrown) {
    await rm(partial, { force: true });
    throw TdockError.from(thrown);
  }
}

export {
  checkDestination,
  saveStream
};
