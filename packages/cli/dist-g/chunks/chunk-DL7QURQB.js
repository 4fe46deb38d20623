import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  isFramed
} from "./chunk-JSFMCB3A.js";
import {
  copyOutput
} from "./chunk-DVWXHFU4.js";
import {
  encodeRequest,
  send
} from "./chunk-LD6ES5PW.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import {
  __callDispose,
  __using
} from "./chunk-UIKEASUR.js";

// packages/cli/src/client/hijack.ts
async function hijack(client, endpoint, input) {
  const { message, socket, head } = await send(client, encodeRequest(endpoint, input), { upgrade: true });
  if (socket === void 0) {
    message.destroy();
    throw new TdockError("internal", `unable to upgrade to tcp, received ${message.statusCode}`);
  }
  if (head !== void 0 && head.length > 0) socket.unshift(head);
  return { socket, framed: isFramed(client, message) };
}

// packages/api/src/detach-keys.ts
var defaultKeys = "ctrl-p,ctrl-q";
var controlKeys = "@abcdefghijklmnopqrstuvwxyz[\\]^_";
function parseDetachKeys(keys) {
  return Uint8Array.from((keys || defaultKeys).split(",").map(byteOf));
}
function byteOf(key) {
  const control = /^ctrl-(.)$/i.exec(key)?.[1]?.toLowerCase();
  const byte = control === void 0 ? key.charCodeAt(0) : controlKeys.indexOf(control);
  if ((control === void 0 ? key.length === 1 : true) && byte >= 0 && byte < 128) return byte;
  throw new TdockError("invalid-argument", `Invalid detach keys (${key.slice(0, 80)}) provided`);
}

// packages/api/src/detach-scanner.ts
import { Transform } from "node:stream";
var DetachScanner = class extends Transform {
  #keys;
  #detach;
  #matched = 0;
  constructor(keys, detach) {
    super();
    this.#keys = keys;
    this.#detach = detach;
  }
  _transform(chunk, _encoding, done) {
    const passed = [];
    for (const byte of chunk) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched += 1;
        if (this.#matched < this.#keys.length) continue;
        if (passed.length > 0) this.push(Buffer.from(passed));
        this.#detach();
        this.push(null);
        done();
        return;
      }
      passed.push(...this.#keys.subarray(0, this.#matched));
      this.#matched = byte === this.#keys[0] ? 1 : 0;
      if (this.#matched === 0) passed.push(byte);
    }
    done(null, passed.length > 0 ? Buffer.from(passed) : void 0);
  }
};

// packages/cli/src/terminal/input.ts
var InputCopy = class {
  /** Resolves when the detach keys were typed; else never. */
  detached;
  #isRaw;
  constructor(socket, { tty, detachKeys }) {
    this.#isRaw = tty && process.stdin.isTTY === true;
    if (this.#isRaw) process.stdin.setRawMode(true);
    const { promise, resolve } = Promise.withResolvers();
    this.detached = promise;
    if (tty) pipeScanned(socket, new DetachScanner(detachKeys, resolve));
    else process.stdin.pipe(socket);
    socket.on("error", () => process.stdin.unpipe());
  }
  [Symbol.dispose]() {
    process.stdin.unpipe();
    process.stdin.pause();
    if (this.#isRaw) process.stdin.setRawMode(false);
  }
};
function pipeScanned(socket, scanner) {
  process.stdin.once("end", () => scanner.once("end", () => socket.end()));
  process.stdin.pipe(scanner).pipe(socket, { end: false });
}

// packages/cli/src/terminal/session.ts
async function runSession(socket, options) {
  var _stack = [];
  try {
    const output = copyOutput(socket, options).then(() => "ended");
    if (!options.stdin) {
      socket.end();
      return output;
    }
    const input = __using(_stack, new InputCopy(socket, { tty: options.tty, detachKeys: parseDetachKeys(options.detachKeys) }));
    const end = await Promise.race([output, input.detached.then(() => "detached")]);
    if (end === "detached") socket.destroy();
    return end;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}

// packages/cli/src/terminal/terminal-size.ts
function terminalSize() {
  const { isTTY, rows, columns } = process.stdout;
  return isTTY && rows > 0 && columns > 0 ? { rows, columns } : void 0;
}
var SizeWatch = class {
  #changed;
  constructor(resize) {
    this.#changed = () => {
      const size = terminalSize();
      if (size !== void 0) resize(size.rows, size.columns);
    };
    this.#changed();
    process.stdout.on("resize", this.#changed);
  }
  [Symbol.dispose]() {
    process.stdout.off("resize", this.#changed);
  }
};

// packages/cli/src/terminal/signals.ts
var kept = /* @__PURE__ */ new Set([
  "SIGKILL",
  "SIGSTOP",
  "SIGCHLD",
  "SIGPIPE",
  "SIGURG",
  "SIGWINCH",
  "SIGPROF",
  "SIGTTIN",
  "SIGTTOU",
  "SIGTSTP",
  "SIGCONT"
]);
var faults = /* @__PURE__ */ new Set([
  "SIGSEGV",
  "SIGBUS",
  "SIGFPE",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGIOT",
  "SIGSYS",
  "SIGVTALRM"
]);
var SignalProxy = class {
  #handlers = /* @__PURE__ */ new Map();
  constructor(forward) {
    const { signals } = process.getBuiltinModule("node:os").constants;
    for (const name of Object.keys(signals)) {
      if (kept.has(name) || faults.has(name)) continue;
      const handler = () => forward(name);
      this.#handlers.set(name, handler);
      process.on(name, handler);
    }
  }
  [Symbol.dispose]() {
    for (const [name, handler] of this.#handlers) process.off(name, handler);
  }
};

export {
  hijack,
  runSession,
  terminalSize,
  SizeWatch,
  SignalProxy
};
