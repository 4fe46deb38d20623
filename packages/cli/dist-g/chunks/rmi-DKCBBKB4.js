import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  imageRemove
} from "./chunk-7SSBNG2S.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  list
} from "./chunk-BK7RGC7S.js";
import {
  TdockError,
  isError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/rmi.ts
var rmi = defineCommand({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  operands: atLeastOne,
  flags: {
    force: bool("Force removal of the image", { short: "f" }),
    "no-prune": bool("Do not delete untagged parents"),
    platform: list("Remove only the given platform variant", { label: "strings" })
  },
  /** One after another: removing an image may untag another of the list. */
  async run(cli, { flags, args }) {
    const errors = [];
    for (const name of args) {
      try {
        const removed = await call(cli.client, imageRemove, {
          name,
          force: flags.force,
          noprune: flags["no-prune"],
          platforms: flags.platform.length === 0 ? void 0 : flags.platform
        });
        for (const { Untagged, Deleted } of removed) {
          cli.out.print(Deleted ? `Deleted: ${Deleted}
` : `Untagged: ${Untagged}
`);
        }
      } catch (thrown) {
        errors.push(TdockError.from(thrown));
      }
    }
    for (const { message } of errors) cli.err.print(`${message}
`);
    const counted = flags.force ? errors.filter((error) => !isError(error, "not-found")) : errors;
    return counted.length > 0 ? 1 : 0;
  }
});
export {
  rmi
};
