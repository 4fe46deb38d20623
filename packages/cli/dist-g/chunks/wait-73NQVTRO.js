import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  eachTarget
} from "./chunk-26DRIXT4.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import {
  containerWait
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import {
  readText
} from "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/wait.ts
var wait = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    condition: text("Wait for this instead of the end: healthy, running, exited, removed, port:N or log:REGEX")
  },
  run(cli, { flags, args }) {
    return eachTarget(cli, args, async (id) => {
      const reply = await readText(await openStream(cli.client, containerWait, { id, condition: flags.condition }));
      if (reply.trim() === "") throw new TdockError("unavailable", "the daemon ended the wait without an answer");
      const { StatusCode, Error: failure } = JSON.parse(reply);
      if (failure?.Message) throw new TdockError("internal", failure.Message);
      return String(StatusCode);
    });
  }
});
export {
  wait
};
