import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  familiarName,
  requireReference
} from "./chunk-574XGQBR.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerCommit
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  list,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/commit.ts
var commit = defineCommand({
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  operands: [1, 2],
  flags: {
    author: text('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: "a" }),
    change: list("Apply Dockerfile instruction to the created image", { short: "c" }),
    message: text("Commit message", { short: "m" }),
    "no-pause": bool("Disable pausing container during commit"),
    pause: bool("Pause container during commit (deprecated: use --no-pause instead)", {
      short: "p",
      initial: true,
      hidden: true
    })
  },
  async run(cli, { flags, args: [container = "", target] }) {
    const reference = target === void 0 ? void 0 : requireReference(target);
    const { Id } = await call(cli.client, containerCommit, {
      container,
      repo: reference && familiarName(reference),
      tag: reference && (reference.tag ?? "latest"),
      comment: flags.message,
      author: flags.author,
      pause: flags.pause && !flags["no-pause"],
      changes: flags.change.length === 0 ? void 0 : flags.change.join("\n"),
      body: void 0
    });
    cli.out.print(`${Id}
`);
    return 0;
  }
});
export {
  commit
};
