import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { TdockError } from "@tdock/errors/error";
import { LineSplitter } from "./line-splitter.ts";
import {
  type Answer,
  type AttachRequest,
  type CallName,
  type Calls,
  decodeError,
  type ForgetRequest,
  type HeldRecord,
  type LogsRequest,
  type OpenRequest,
  type OutputKey,
  type RemoveRequest,
} from "./protocol.ts";

/** What tdockd asks of its keeper. Every call throws `unavailable` when no keeper answers for `patienceMs`. */
export interface Keeper extends AsyncDisposable {
  /**
   * Makes the FIFOs and opens them for reading; when it resolves, Tasks.Create (or Exec) may be called.
   * Safe to repeat. Throws `conflict` when the key is held with other paths, `invalid-argument` for log options.
   */
  open(request: OpenRequest): Promise<void>;
  /** Call after Tasks.Start (or the exec's Start) has returned: from now on the shim's close is the end. */
  started(key: OutputKey): Promise<void>;
  /**
   * Call after the exit: resolves when every byte written before it is in the log. Waits `drainMs` for a child that
   * keeps the pipe open. Ends all readers and deletes the FIFOs. Does nothing when the key is not held.
   */
  forget(request: ForgetRequest): Promise<void>;
  /**
   * Live output. May be called before `open`: nothing is missed. Ends when the output ends or is forgotten;
   * `destroy()` detaches. Only `pipe` is needed: the bytes are ready for a Docker client.
   */
  attach(request: AttachRequest): Promise<Socket>;
  /** The log. Ends at its end or, with `follow`, when the output is forgotten. Throws `not-implemented` for `none`. */
  logs(request: LogsRequest): Promise<Socket>;
  /** Deletes the log's files. */
  remove(request: RemoveRequest): Promise<void>;
  /** What the keeper holds: for the reconciliation after tdockd's restart. */
  list(): Promise<readonly HeldRecord[]>;
}

export interface KeeperAddress {
  readonly socketPath: string;
  /** How long a call waits for a keeper that is being restarted. Default 5000. */
  readonly patienceMs?: number;
  /** Called each time the control connection breaks: the keeper is probably gone. */
  readonly onLost?: () => void;
}

/**
 * A client of the keeper at `socketPath`. It connects on first use and again after the keeper was restarted; calls
 * that were under way then are repeated, since every call is idempotent.
 */
export function connectKeeper(address: KeeperAddress): Keeper {
  const control = new ControlConnection(address);
  return {
    open: async (request) => void (await control.call("open", request)),
    started: async (key) => void (await control.call("started", key)),
    forget: async (request) => void (await control.call("forget", request)),
    remove: async (request) => void (await control.call("remove", request)),
    list: () => control.call("list", null),
    attach: (request) => openStream(address, "attach", request),
    logs: (request) => openStream(address, "logs", request),
    [Symbol.asyncDispose]: () => control[Symbol.asyncDispose](),
  };
}

const maxAttempts = 3;

class ControlConnection implements AsyncDisposable {
  readonly #address: KeeperAddress;
  readonly #pending = new Map<number, (answer: Answer | undefined) => void>();
  #socket: Promise<Socket> | undefined;
  #lastNumber = 0;
  #disposed = false;

  constructor(address: KeeperAddress) {
    this.#address = address;
  }

  async call<Name extends CallName>(call: Name, argument: Calls[Name]["argument"]): Promise<Calls[Name]["result"]> {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const answer = await this.#ask(call, argument);
      if (answer === undefined) continue;
      if ("error" in answer) throw decodeError(answer.error);
      return answer.result as Calls[Name]["result"];
    }
    throw new TdockError("unavailable", `tdock-keeper went away ${maxAttempts} times during ${call}`);
  }

  /** Undefined when the connection broke before the answer: ask again. */
  async #ask(call: CallName, argument: unknown): Promise<Answer | undefined> {
    if (this.#disposed) throw new TdockError("unavailable", "the connection to tdock-keeper is closed");
    this.#socket ??= this.#connect();
    const socket = await this.#socket;
    const number = ++this.#lastNumber;
    return new Promise((resolve) => {
      this.#pending.set(number, resolve);
      socket.write(`${JSON.stringify({ number, call, argument })}\n`);
    });
  }

  async #connect(): Promise<Socket> {
    try {
      const socket = await connectPatiently(this.#address);
      const lines = new LineSplitter((line) => this.#settle(JSON.parse(line) as Answer));
      socket.on("data", (bytes: Buffer) => lines.push(bytes));
      socket.on("close", () => this.#lose());
      return socket;
    } catch (error) {
      this.#socket = undefined;
      throw error;
    }
  }

  #settle(answer: Answer): void {
    const resolve = this.#pending.get(answer.number);
    this.#pending.delete(answer.number);
    resolve?.(answer);
  }

  #lose(): void {
    this.#socket = undefined;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    if (!this.#disposed) this.#address.onLost?.();
    for (const resolve of waiting) resolve(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const socket = await this.#socket?.catch(() => undefined);
    socket?.destroy();
  }
}

async function openStream(
  address: KeeperAddress,
  call: "attach" | "logs",
  argument: AttachRequest | LogsRequest,
): Promise<Socket> {
  const socket = await connectPatiently(address);
  socket.write(`${JSON.stringify({ number: 0, call, argument })}\n`);
  const answer = await readAnswer(socket);
  if (!("error" in answer)) return socket;
  socket.destroy();
  throw decodeError(answer.error);
}

/** Takes the answer's line off the socket and leaves it paused, with what follows put back. */
function readAnswer(socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const take = (): void => {
      for (let bytes = socket.read() as Buffer | null; bytes !== null; bytes = socket.read() as Buffer | null) {
        head = Buffer.concat([head, bytes]);
      }
      const end = head.indexOf(0x0a);
      if (end < 0) return;
      stop();
      if (end + 1 < head.length) socket.unshift(head.subarray(end + 1));
      resolve(JSON.parse(head.toString("utf8", 0, end)) as Answer);
    };
    const fail = (): void => {
      stop();
      reject(new TdockError("unavailable", "tdock-keeper closed the connection"));
    };
    const stop = (): void => {
      socket.off("readable", take).off("end", fail).off("close", fail);
    };
    socket.on("readable", take).on("end", fail).on("close", fail);
  });
}

const retryMs = 20;

/** Tries until somebody listens: after a crash the keeper's next life is a moment away. */
async function connectPatiently({ socketPath, patienceMs = 5000 }: KeeperAddress): Promise<Socket> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connectOnce(socketPath);
    } catch (cause) {
      if (performance.now() > deadline) {
        throw new TdockError("unavailable", `no tdock-keeper answers at ${socketPath}`, { cause });
      }
      await delay(retryMs);
    }
  }
}

function connectOnce(socketPath: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketPath });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      // A broken connection is told by `close`; the error before it adds nothing.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}
