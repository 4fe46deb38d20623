import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  imageTag
} from "./chunk-7SSBNG2S.js";
import {
  familiarName,
  requireReference
} from "./chunk-574XGQBR.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/tag.ts
var tag = defineCommand({
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  operands: exactly(2),
  flags: {},
  async run(cli, { args: [name = "", target = ""] }) {
    const reference = readTarget(target);
    if (reference.digest !== void 0) {
      throw new TdockError("invalid-argument", "refusing to create a tag with a digest reference");
    }
    await call(cli.client, imageTag, { name, repo: familiarName(reference), tag: reference.tag ?? "latest" });
    return 0;
  }
});
function readTarget(target) {
  try {
    return requireReference(target);
  } catch (cause) {
    const message = `Error parsing reference: "${target}" is not a valid repository/tag: ${cause.message}`;
    throw new TdockError("invalid-argument", message, { cause });
  }
}
export {
  tag
};
