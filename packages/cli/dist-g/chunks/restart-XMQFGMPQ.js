import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  eachTarget
} from "./chunk-26DRIXT4.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerRestart
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  int,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/restart.ts
var restart = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    signal: text("Signal to send to the container", { short: "s" }),
    timeout: int("Seconds to wait before killing the container", { short: "t" }),
    time: int("Seconds to wait before killing the container (deprecated: use --timeout)", { hidden: true })
  },
  run(cli, { flags, args }) {
    return eachTarget(cli, args, async (id) => {
      await call(cli.client, containerRestart, { id, signal: flags.signal, t: flags.timeout ?? flags.time });
      return id;
    });
  }
});
export {
  restart
};
