import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  forwardSignals,
  resizeContainer,
  waitForExit
} from "./chunk-V7QMDFJV.js";
import "./chunk-Z4HAEEUC.js";
import {
  SizeWatch,
  hijack,
  runSession
} from "./chunk-DL7QURQB.js";
import "./chunk-JSFMCB3A.js";
import "./chunk-DVWXHFU4.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerAttach,
  containerInspect,
  containerStart
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
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import {
  __callDispose,
  __using
} from "./chunk-UIKEASUR.js";

// packages/cli/src/commands/start.ts
var start = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    attach: bool("Attach STDOUT/STDERR and forward signals", { short: "a" }),
    "detach-keys": text("Override the key sequence for detaching a container"),
    interactive: bool("Attach container's STDIN", { short: "i" })
  },
  async run(cli, { flags, args }) {
    const [first = ""] = args;
    if (!flags.attach && !flags.interactive) return startAll(cli, args);
    if (args.length > 1) {
      throw new TdockError("invalid-argument", "you cannot start and attach multiple containers at once");
    }
    return startAttached(cli, first, { interactive: flags.interactive, detachKeys: flags["detach-keys"] });
  }
});
async function startAll(cli, ids) {
  const failed = [];
  for (const id of ids) {
    try {
      await call(cli.client, containerStart, { id });
      cli.out.print(`${id}
`);
    } catch (thrown) {
      cli.err.print(`${TdockError.from(thrown).message}
`);
      failed.push(id);
    }
  }
  if (failed.length > 0) cli.err.print(`Error: failed to start containers: ${failed.join(", ")}
`);
  return failed.length > 0 ? 1 : 0;
}
async function startAttached(cli, name, options) {
  var _stack = [];
  try {
    const { Id: id = name, Config, HostConfig } = await call(cli.client, containerInspect, { id: name });
    const tty = Config?.Tty ?? false;
    const stdin = options.interactive && (Config?.OpenStdin ?? false);
    const detachKeys = options.detachKeys ?? readConfigFile(cli).detachKeys;
    const [attached, exit] = await Promise.all([
      hijack(cli.client, containerAttach, { id, stream: true, stdin, stdout: true, stderr: true, detachKeys }),
      waitForExit(cli, id, HostConfig?.AutoRemove ? "removed" : "next-exit")
    ]);
    const _signals = __using(_stack, tty ? void 0 : forwardSignals(cli, id));
    await call(cli.client, containerStart, { id });
    const _size = __using(_stack, tty ? new SizeWatch((rows, columns) => resizeContainer(cli, id, { rows, columns })) : void 0);
    const end = await runSession(attached.socket, { tty, framed: !tty, stdin, detachKeys });
    return end === "detached" ? 0 : exit.code;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
export {
  start
};
