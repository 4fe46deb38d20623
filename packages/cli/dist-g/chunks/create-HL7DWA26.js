import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  containerBody,
  containerFlags,
  createContainer,
  createFlags,
  runFailure
} from "./chunk-XNYKT6XT.js";
import "./chunk-BBTDXB4W.js";
import "./chunk-YLP36GFZ.js";
import "./chunk-5LN6FHN2.js";
import "./chunk-6JYLRKDK.js";
import "./chunk-IJCJREXZ.js";
import "./chunk-7SSBNG2S.js";
import "./chunk-Y2MROQQV.js";
import "./chunk-EGQGQT3A.js";
import "./chunk-G5U4NNID.js";
import "./chunk-574XGQBR.js";
import "./chunk-WYE2WXCF.js";
import "./chunk-Z4HAEEUC.js";
import "./chunk-GK2WXUHP.js";
import "./chunk-NLNHA66E.js";
import "./chunk-GVOX5WRT.js";
import "./chunk-B2SSDNQC.js";
import "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/create.ts
var create = defineCommand({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  operands: atLeastOne,
  stopAtOperand: true,
  flags: { ...containerFlags, ...createFlags },
  async run(cli, { flags, args: [image = "", ...command] }) {
    let body;
    try {
      body = containerBody(flags, { image, command, env: cli.env });
    } catch (thrown) {
      return runFailure(cli, "create", thrown);
    }
    const id = await createContainer(cli, { ...flags, body });
    cli.out.print(`${id}
`);
    return 0;
  }
});
export {
  create
};
