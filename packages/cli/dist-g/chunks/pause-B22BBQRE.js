import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  eachTarget
} from "./chunk-26DRIXT4.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerPause,
  containerUnpause
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/pause.ts
var pause = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {},
  run(cli, { args }) {
    return eachTarget(cli, args, async (id) => {
      await call(cli.client, containerPause, { id });
      return id;
    });
  }
});
var unpause = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {},
  run(cli, { args }) {
    return eachTarget(cli, args, async (id) => {
      await call(cli.client, containerUnpause, { id });
      return id;
    });
  }
});
export {
  pause,
  unpause
};
