import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  alignTabs
} from "./chunk-AKM4CKU3.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerTop
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

// packages/cli/src/commands/top.ts
var top = defineCommand({
  usage: "CONTAINER [ps OPTIONS]",
  operands: atLeastOne,
  stopAtOperand: true,
  flags: {},
  async run(cli, { args: [id = "", ...options] }) {
    const ps_args = options.length === 0 ? void 0 : options.join(" ");
    const { Titles, Processes } = await call(cli.client, containerTop, { id, ps_args });
    const lines = [Titles ?? [], ...Processes ?? []].map((cells) => `${cells.join("	")}
`);
    cli.out.print(alignTabs(lines.join(""), { minimumWidth: 20, padding: 3 }));
    return 0;
  }
});
export {
  top
};
