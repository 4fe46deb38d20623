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
  containerInspect
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
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

// packages/cli/src/commands/attach.ts
var attach = defineCommand({
  usage: "[OPTIONS] CONTAINER",
  operands: exactly(1),
  flags: {
    "detach-keys": text("Override the key sequence for detaching a container"),
    "no-stdin": bool("Do not attach STDIN"),
    "sig-proxy": bool("Proxy all received signals to the process", { initial: true })
  },
  async run(cli, { flags, args: [name = ""] }) {
    var _stack = [];
    try {
      const { id, tty, openStdin } = await inspectRunning(cli, name);
      const stdin = !flags["no-stdin"] && openStdin;
      if (tty && stdin && !process.stdin.isTTY) {
        throw new TdockError("invalid-argument", "the input device is not a TTY");
      }
      const detachKeys = flags["detach-keys"] ?? readConfigFile(cli).detachKeys;
      const exit = await waitForExit(cli, id, "not-running");
      const _signals = __using(_stack, flags["sig-proxy"] && !tty ? forwardSignals(cli, id) : void 0);
      const { socket } = await hijack(cli.client, containerAttach, {
        id,
        stream: true,
        stdin,
        stdout: true,
        stderr: true,
        detachKeys
      });
      const _size = __using(_stack, tty ? new SizeWatch((rows, columns) => resizeContainer(cli, id, { rows, columns })) : void 0);
      const end = await runSession(socket, { tty, framed: !tty, stdin, detachKeys });
      if (end === "ended") return exit.code;
      throw new TdockError("canceled", "read escape sequence");
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      __callDispose(_stack, _error, _hasError);
    }
  }
});
async function inspectRunning(cli, name) {
  const { Id: id = name, State, Config } = await call(cli.client, containerInspect, { id: name });
  const refuse = (message) => new TdockError("conflict", message);
  if (!State?.Running) throw refuse("You cannot attach to a stopped container, start it first");
  if (State.Paused) throw refuse("You cannot attach to a paused container, unpause it first");
  if (State.Restarting) throw refuse("You cannot attach to a restarting container, wait until it is running");
  return { id, tty: Config?.Tty ?? false, openStdin: Config?.OpenStdin ?? false };
}
export {
  attach
};
