import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerRename
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/rename.ts
var rename = defineCommand({
  usage: "CONTAINER NEW_NAME",
  operands: exactly(2),
  flags: {},
  async run(cli, { args }) {
    const [id = "", name = ""] = args.map((arg) => arg.trim());
    if (id === "" || name === "") {
      throw new TdockError("invalid-argument", "Error: Neither old nor new names may be empty");
    }
    await call(cli.client, containerRename, { id, name });
    return 0;
  }
});
export {
  rename
};
