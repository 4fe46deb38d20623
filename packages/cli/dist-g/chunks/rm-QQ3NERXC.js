import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  eachTarget
} from "./chunk-26DRIXT4.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerRemove
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  bool
} from "./chunk-BK7RGC7S.js";
import {
  TdockError,
  isError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/rm.ts
var rm = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    force: bool("Force the removal of a running container (uses SIGKILL)", { short: "f" }),
    link: bool("Remove the specified link", { short: "l" }),
    volumes: bool("Remove anonymous volumes associated with the container", { short: "v" })
  },
  run(cli, { flags, args }) {
    return eachTarget(cli, args, async (name) => {
      const id = name.replace(/^\/+|\/+$/g, "");
      if (id === "") throw new TdockError("invalid-argument", "container name cannot be empty");
      try {
        await call(cli.client, containerRemove, { id, force: flags.force, link: flags.link, v: flags.volumes });
        return name;
      } catch (thrown) {
        if (flags.force && isError(thrown, "not-found")) return void 0;
        throw thrown;
      }
    });
  }
});
export {
  rm
};
