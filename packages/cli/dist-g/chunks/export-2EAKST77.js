import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  checkDestination,
  saveStream
} from "./chunk-XZWCSNG5.js";
import {
  openStream
} from "./chunk-Z4HAEEUC.js";
import "./chunk-DVWXHFU4.js";
import {
  containerExport
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/export.ts
var exportContainer = defineCommand({
  usage: "[OPTIONS] CONTAINER",
  operands: exactly(1),
  flags: { output: text("Write to a file, instead of STDOUT", { short: "o" }) },
  async run(cli, { flags, args: [id = ""] }) {
    await checkDestination(flags.output);
    await saveStream(await openStream(cli.client, containerExport, { id }), flags.output);
    return 0;
  }
});
export {
  exportContainer
};
