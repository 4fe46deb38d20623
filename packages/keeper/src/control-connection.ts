import type { Socket } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { connectPatiently, type SocketAddress } from "./connect-patiently.ts";
import { LineSplitter } from "./line-splitter.ts";
import { type Answer, type CallName, type Calls, decodeError } from "./protocol.ts";

const maxAttempts = 3;

/**
 * One connection for all calls that are answered by a value. It is made on first use and again when it breaks; `onLost`
 * is called then. A call that was under way is repeated: every call is idempotent.
 */
export class ControlConnection implements AsyncDisposable {
  readonly #address: SocketAddress;
  readonly #onLost: () => void;
  readonly #pending = new Map<number, (answer: Answer | undefined) => void>();
  #socket: Promise<Socket> | undefined;
  #lastNumber = 0;
  #disposed = false;

  constructor(address: SocketAddress, onLost: () => void) {
    this.#address = address;
    this.#onLost = onLost;
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
    if (!this.#disposed) this.#onLost();
    for (const resolve of waiting) resolve(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const socket = await this.#socket?.catch(() => undefined);
    socket?.destroy();
  }
}
