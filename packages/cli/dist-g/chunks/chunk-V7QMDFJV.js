import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import {
  SignalProxy
} from "./chunk-DL7QURQB.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import {
  containerKill,
  containerResize,
  containerWait
} from "./chunk-NMDKTQMT.js";
import {
  readText
} from "./chunk-LD6ES5PW.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/commands/exit-code.ts
async function waitForExit(cli, id, condition) {
  const stream = await openStream(cli.client, containerWait, { id, condition });
  const code = readText(stream).then((text) => exitCodeOf(cli, text));
  code.catch(() => {
  });
  return { code };
}
function exitCodeOf(cli, text) {
  if (text.trim() === "") throw new TdockError("unavailable", "the daemon ended the wait without an exit code");
  const { StatusCode = 125, Error: failure } = JSON.parse(text);
  if (!failure?.Message) return StatusCode;
  cli.err.print(`Error waiting for container: ${failure.Message}
`);
  return 125;
}

// packages/cli/src/commands/forward-signals.ts
function forwardSignals(cli, id) {
  return new SignalProxy((signal) => {
    call(cli.client, containerKill, { id, signal }).catch(() => {
    });
  });
}

// packages/cli/src/commands/resize.ts
function resizeContainer(cli, id, { rows, columns }) {
  call(cli.client, containerResize, { id, h: rows, w: columns }).catch(() => {
  });
}

export {
  waitForExit,
  forwardSignals,
  resizeContainer
};
