import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  forwardSignals,
  resizeContainer,
  waitForExit
} from "./chunk-V7QMDFJV.js";
import {
  containerBody,
  containerFlags,
  createContainer,
  createFlags,
  runFailure
} from "./chunk-XNYKT6XT.js";
import {
  SizeWatch,
  hijack,
  runSession,
  terminalSize
} from "./chunk-DL7QURQB.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import {
  containerAttach,
  containerStart
} from "./chunk-NMDKTQMT.js";
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

// packages/cli/src/commands/run.ts
var runFlags = {
  ...containerFlags,
  ...createFlags,
  detach: bool("Run container in background and print container ID", { short: "d" }),
  "detach-keys": text("Override the key sequence for detaching a container"),
  "sig-proxy": bool("Proxy received signals to the process", { initial: true })
};
var run = defineCommand({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  operands: atLeastOne,
  stopAtOperand: true,
  flags: runFlags,
  async run(cli, { flags, args: [image = "", ...command] }) {
    try {
      const body = containerBody(flags, { image, command, env: cli.env });
      checkTerminal(flags, body);
      return flags.detach ? await runDetached(cli, flags, body) : await runAttached(cli, flags, body);
    } catch (thrown) {
      return runFailure(cli, "run", thrown);
    }
  }
});
var refusedHere = { reason: "refused-here" };
function checkTerminal(flags, { AttachStdin, Tty }) {
  if (flags.detach && flags.attach.length > 0) {
    throw new TdockError(
      "invalid-argument",
      "conflicting options: cannot specify both --attach and --detach",
      refusedHere
    );
  }
  if (!flags.detach && AttachStdin && Tty && !process.stdin.isTTY) {
    throw new TdockError("invalid-argument", "the input device is not a TTY", refusedHere);
  }
}
async function runDetached(cli, flags, attached) {
  const body = { ...attached, AttachStdin: false, AttachStdout: false, AttachStderr: false, StdinOnce: false };
  const id = await createContainer(cli, { ...flags, body: withConsoleSize(body) });
  await call(cli.client, containerStart, { id });
  cli.out.print(`${id}
`);
  return 0;
}
async function runAttached(cli, flags, body) {
  var _stack = [];
  try {
    const { AttachStdin = false, AttachStdout = false, AttachStderr = false, Tty = false } = body;
    const id = await createContainer(cli, { ...flags, body: withConsoleSize(body) });
    const detachKeys = flags["detach-keys"] ?? readConfigFile(cli).detachKeys;
    const [attached, exit] = await Promise.all([
      hijack(cli.client, containerAttach, {
        id,
        stream: true,
        stdin: AttachStdin ?? false,
        stdout: AttachStdout ?? false,
        stderr: AttachStderr ?? false,
        detachKeys
      }),
      waitForExit(cli, id, flags.rm ? "removed" : "next-exit")
    ]);
    const started = start(cli, id, { attached, exit, removes: flags.rm });
    const _signals = __using(_stack, flags["sig-proxy"] ? forwardSignals(cli, id) : void 0);
    await started;
    const _size = __using(_stack, Tty ? new SizeWatch((rows, columns) => resizeContainer(cli, id, { rows, columns })) : void 0);
    const end = await runSession(attached.socket, {
      tty: Tty ?? false,
      framed: !Tty,
      stdin: AttachStdin ?? false,
      detachKeys
    });
    return end === "detached" ? 0 : await exit.code;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
async function start(cli, id, open) {
  try {
    await call(cli.client, containerStart, { id });
  } catch (thrown) {
    open.attached.socket.destroy();
    if (open.removes) await open.exit.code.catch(() => {
    });
    throw thrown;
  }
}
function withConsoleSize(body) {
  const size = body.Tty ? terminalSize() : void 0;
  if (size === void 0) return body;
  return { ...body, HostConfig: { ...body.HostConfig, ConsoleSize: [size.rows, size.columns] } };
}

export {
  run
};
