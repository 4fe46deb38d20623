import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  SignalProxy,
  SizeWatch,
  hijack,
  runSession,
  terminalSize
} from "./chunk-DL7QURQB.js";
import "./chunk-JSFMCB3A.js";
import "./chunk-DVWXHFU4.js";
import {
  collectEnv,
  parseEnv
} from "./chunk-GK2WXUHP.js";
import "./chunk-NLNHA66E.js";
import "./chunk-GVOX5WRT.js";
import {
  readConfigFile
} from "./chunk-B2SSDNQC.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerInspect
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import {
  integer,
  optional,
  strings
} from "./chunk-UGV2ME5Q.js";
import {
  array,
  bool as bool2,
  boolean,
  endpoint,
  int,
  looseObject,
  reply,
  string,
  text as text2
} from "./chunk-LD6ES5PW.js";
import {
  defineCommand
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  list,
  parsedList,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import {
  __callDispose,
  __using
} from "./chunk-UIKEASUR.js";

// packages/api/src/exec.ts
var execCreateBody = looseObject({
  AttachStdin: optional(boolean()),
  AttachStdout: optional(boolean()),
  AttachStderr: optional(boolean()),
  ConsoleSize: optional(array(integer)),
  DetachKeys: optional(string()),
  Tty: optional(boolean()),
  Env: optional(strings),
  Cmd: optional(strings),
  Privileged: optional(boolean()),
  User: optional(string()),
  WorkingDir: optional(string())
});
var execCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/containers/:id/exec",
  body: execCreateBody,
  status: 201,
  reply: reply()
});
var execStart = endpoint({
  kind: "hijack",
  method: "POST",
  path: "/exec/:id/start",
  body: optional(
    looseObject({
      Detach: optional(boolean()),
      Tty: optional(boolean()),
      ConsoleSize: optional(array(integer))
    })
  )
});
var execResize = endpoint({
  kind: "json",
  method: "POST",
  path: "/exec/:id/resize",
  query: { h: int, w: int },
  status: 200
});
var execInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/exec/:id/json",
  reply: reply()
});
var execKill = endpoint({
  kind: "json",
  method: "POST",
  path: "/exec/:id/kill",
  query: { signal: text2, all: bool2 }
});

// packages/cli/src/commands/exec.ts
var flags = {
  detach: bool("Detached mode: run command in the background", { short: "d" }),
  "detach-keys": text("Override the key sequence for detaching a container"),
  env: parsedList("Set environment variables", parseEnv, { short: "e" }),
  "env-file": list("Read in a file of environment variables"),
  interactive: bool("Keep STDIN open even if not attached", { short: "i" }),
  privileged: bool("Give extended privileges to the command"),
  tty: bool("Allocate a pseudo-TTY", { short: "t" }),
  user: text('Username or UID (format: "<name|uid>[:<group|gid>]")', { short: "u" }),
  workdir: text("Working directory inside the container", { short: "w" })
};
var exec = defineCommand({
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  operands: [2, Number.POSITIVE_INFINITY],
  stopAtOperand: true,
  flags,
  async run(cli, { flags: flags2, args: [container = "", ...command] }) {
    const needsTerminal = !flags2.detach && flags2.interactive && flags2.tty;
    if (needsTerminal && !process.stdin.isTTY) {
      await call(cli.client, containerInspect, { id: container });
      throw new TdockError("invalid-argument", "the input device is not a TTY");
    }
    const detachKeys = flags2["detach-keys"] ?? readConfigFile(cli).detachKeys;
    const id = await createExec(cli, { container, command, flags: flags2, detachKeys });
    return flags2.detach ? startDetached(cli, id, flags2) : runAttached(cli, id, { flags: flags2, detachKeys });
  }
});
async function createExec(cli, { container, command, flags: flags2, detachKeys }) {
  const body = {
    AttachStdin: flags2.interactive && !flags2.detach,
    AttachStdout: !flags2.detach,
    AttachStderr: !flags2.detach,
    ConsoleSize: consoleSize(flags2),
    DetachKeys: detachKeys,
    Tty: flags2.tty,
    Env: collectEnv(flags2["env-file"], flags2.env, cli.env),
    Cmd: [...command],
    Privileged: flags2.privileged,
    User: flags2.user,
    WorkingDir: flags2.workdir
  };
  return (await call(cli.client, execCreate, { id: container, body })).Id;
}
async function startDetached(cli, id, { tty }) {
  await call(cli.client, execStart, { id, body: { Detach: true, Tty: tty } });
  return 0;
}
async function runAttached(cli, id, { flags: flags2, detachKeys }) {
  var _stack = [];
  try {
    const { tty, interactive } = flags2;
    const body = { Detach: false, Tty: tty, ConsoleSize: consoleSize(flags2) };
    const { socket } = await hijack(cli.client, execStart, { id, body });
    const _signals = __using(_stack, new SignalProxy((signal) => {
      call(cli.client, execKill, { id, signal }).catch(() => {
      });
    }));
    const _size = __using(_stack, tty ? new SizeWatch((h, w) => void call(cli.client, execResize, { id, h, w }).catch(() => {
    })) : void 0);
    const end = await runSession(socket, { tty, framed: !tty, stdin: interactive, detachKeys });
    if (end === "detached") throw new TdockError("canceled", "read escape sequence");
    return (await call(cli.client, execInspect, { id })).ExitCode ?? 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
function consoleSize({ tty }) {
  const size = tty ? terminalSize() : void 0;
  return size === void 0 ? void 0 : [size.rows, size.columns];
}
export {
  exec
};
