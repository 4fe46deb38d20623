import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  volumeInspect
} from "./chunk-MITBZ7EJ.js";
import {
  inspectFormatUsage,
  printInspected
} from "./chunk-WXQ3D7DG.js";
import {
  networkInspect
} from "./chunk-G7FM3AXD.js";
import {
  imageInspect
} from "./chunk-7SSBNG2S.js";
import "./chunk-K6GYZVAU.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerInspect
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  atLeastOne,
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  quote,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError,
  isError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/inspect.ts
var finders = {
  container: (cli, id, size) => call(cli.client, containerInspect, { id, size: size || void 0 }),
  image: (cli, name) => call(cli.client, imageInspect, { name }),
  network: (cli, id) => call(cli.client, networkInspect, { id }),
  volume: (cli, name) => call(cli.client, volumeInspect, { name })
};
var kinds = finders;
var inspect = defineCommand({
  usage: "[OPTIONS] NAME|ID [NAME|ID...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    size: bool("Display total file sizes if the type is container", { short: "s" }),
    type: text("Only inspect objects of the given type")
  },
  run(cli, { flags, args }) {
    checkType(flags.type);
    const wanted = flags.type === void 0 ? Object.keys(kinds) : [flags.type];
    return printInspected(cli, {
      names: args,
      format: flags.format,
      find: (name) => findAny(cli, wanted, { name, size: flags.size })
    });
  }
});
function checkType(type) {
  if (type === void 0 || Object.hasOwn(kinds, type)) return;
  const known = `must be one of "${Object.keys(kinds).join('", "')}"`;
  const message = type === "" ? `type is empty: ${known}` : `unknown type: ${quote(type)}: ${known}`;
  throw new TdockError("invalid-argument", message);
}
async function findAny(cli, wanted, { name, size }) {
  for (const kind of wanted) {
    try {
      const found = await kinds[kind]?.(cli, name, size);
      if (size && kind !== "container") cli.err.print(`WARNING: --size ignored for ${kind}s
`);
      return found;
    } catch (thrown) {
      const isAbsent = isError(thrown, "not-found") || isError(thrown, "invalid-argument");
      if (wanted.length === 1 || !isAbsent) throw thrown;
    }
  }
  throw new TdockError("not-found", `Error: No such object: ${name}`);
}
function inspectKind(kind, usage) {
  return defineCommand({
    usage,
    operands: atLeastOne,
    flags: { format: text(inspectFormatUsage, { short: "f" }) },
    run: (cli, { flags, args }) => printInspected(cli, { names: args, format: flags.format, find: (name) => finders[kind](cli, name, false) })
  });
}
var containerInspectCommand = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    format: text(inspectFormatUsage, { short: "f" }),
    size: bool("Display total file sizes", { short: "s" })
  },
  run: (cli, { flags, args }) => printInspected(cli, {
    names: args,
    format: flags.format,
    find: (name) => finders.container(cli, name, flags.size)
  })
});
var imageInspectCommand = inspectKind("image", "[OPTIONS] IMAGE [IMAGE...]");
var volumeInspectCommand = inspectKind("volume", "[OPTIONS] VOLUME [VOLUME...]");
export {
  containerInspectCommand,
  imageInspectCommand,
  inspect,
  volumeInspectCommand
};
