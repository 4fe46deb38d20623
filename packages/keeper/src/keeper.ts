import type { Socket } from "node:net";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { FifoPool } from "./fifo-pool.ts";
import { FilesInUse } from "./files-in-use.ts";
import { HeldOutput } from "./held-output.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { parseLogOptions } from "./log-options.ts";
import { readLog } from "./log-reader.ts";
import { formats, OutputLog } from "./output-log.ts";
import {
  type AttachRequest,
  type ForgetRequest,
  type HeldRecord,
  type LogsRequest,
  type LogTarget,
  nameOf,
  type OpenRequest,
  type OutputKey,
  type RemoveRequest,
} from "./protocol.ts";
import { removeFifos } from "./remove-fifos.ts";
import { type SavedOutput, StateFiles } from "./state-files.ts";
import { WaitingReaders } from "./waiting-readers.ts";

/** All outputs of one tdockd. Its calls are those of client.ts, where they are described. */
export class OutputKeeper {
  readonly #pool: FifoPool;
  readonly #state: StateFiles;
  readonly #held = new Map<string, HeldOutput>();
  readonly #files = new FilesInUse();
  readonly #logs = new Map<string, OutputLog>();
  readonly #waiting = new WaitingReaders();
  readonly #queue = new KeyedQueue();

  /** `folder` is the keeper's own, below the exec root. Takes up again what a keeper before it held. */
  constructor(folder: string) {
    this.#pool = new FifoPool(join(folder, "fifos"));
    this.#state = new StateFiles(join(folder, "held"));
    for (const saved of this.#state.load()) this.#restore(saved);
    this.#pool.fill().catch(() => undefined);
  }

  /** Two opens, or an open after a forget that still drains, come one after the other. */
  open(request: OpenRequest): Promise<null> {
    checkKey(request);
    parseLogOptions(request.log.driver, request.log.options);
    return this.#queue.run(nameOf(request), () => this.#open(request));
  }

  started(key: OutputKey): null {
    const held = this.#held.get(nameOf(key));
    if (held === undefined) return null;
    this.#state.save({ request: held.request, started: true });
    held.started();
    return null;
  }

  forget(request: ForgetRequest): Promise<null> {
    for (const { socket } of this.#waiting.take(request)) socket.end();
    return this.#queue.run(nameOf(request), () => this.#forget(request));
  }

  list(): readonly HeldRecord[] {
    return [...this.#held.values()].map((held) => held.record);
  }

  remove({ log }: RemoveRequest): null {
    if (log.driver === "none") return null;
    const files = this.#files.take(log.path);
    files.remove();
    this.#files.release(files);
    return null;
  }

  attach(request: AttachRequest): (socket: Socket) => void {
    return (socket) => {
      const held = this.#held.get(nameOf(request));
      if (held !== undefined) held.attach(socket, request);
      else this.#waiting.add({ socket, request });
    };
  }

  logs(request: LogsRequest): (socket: Socket) => void {
    const { log } = request;
    if (log.driver === "none") {
      throw new TdockError("not-implemented", "configured logging driver does not support reading");
    }
    const format = formats[log.driver];
    return (socket) => {
      const files = this.#files.take(log.path);
      socket.once("close", () => this.#files.release(files));
      void readLog({ files, format, growing: this.#logs.get(log.path) }, request, socket);
    };
  }

  async #open(request: OpenRequest): Promise<null> {
    const present = this.#held.get(nameOf(request));
    if (present !== undefined) return checkSame(present.request, request);
    await this.#pool.place(pathsOf(request));
    this.#state.save({ request, started: false });
    const held = this.#hold(request);
    for (const waiting of this.#waiting.take(request)) held.attach(waiting.socket, waiting.request);
    return null;
  }

  async #forget(request: ForgetRequest): Promise<null> {
    const held = this.#held.get(nameOf(request));
    if (held === undefined) return null;
    await held.drain(request.drainMs);
    this.#held.delete(nameOf(request));
    this.#closeLog(held.request.log);
    this.#state.remove(request);
    removeFifos(pathsOf(held.request));
    return null;
  }

  #restore({ request, started }: SavedOutput): void {
    try {
      const held = this.#hold(request);
      if (started) held.started();
    } catch {
      this.#state.remove(request);
    }
  }

  #hold(request: OpenRequest): HeldOutput {
    const log = this.#openLog(request.log);
    try {
      const held = new HeldOutput(request, log);
      this.#held.set(nameOf(request), held);
      return held;
    } catch (error) {
      this.#closeLog(request.log);
      throw error;
    }
  }

  #openLog(target: LogTarget): OutputLog | undefined {
    const { driver } = target;
    if (driver === "none") return undefined;
    const log = new OutputLog({ ...target, driver }, this.#files.take(target.path));
    this.#logs.set(target.path, log);
    return log;
  }

  #closeLog({ path }: LogTarget): void {
    const log = this.#logs.get(path);
    if (log === undefined) return;
    this.#logs.delete(path);
    this.#files.release(log.files);
  }
}

/** A key becomes a file name. */
function checkKey(key: OutputKey): void {
  if (/^[\w.-]+$/.test(nameOf(key)) && !nameOf(key).startsWith(".")) return;
  throw new TdockError("invalid-argument", `wanted the IDs of a container and an exec, got ${nameOf(key)}`);
}

function checkSame(present: OpenRequest, wanted: OpenRequest): null {
  if (pathsOf(present).join() === pathsOf(wanted).join()) return null;
  throw new TdockError("conflict", `the output of ${nameOf(wanted)} is already held`);
}

function pathsOf({ stdinPath, stdoutPath, stderrPath }: OpenRequest): string[] {
  return [stdinPath, stdoutPath, stderrPath].filter((path) => path !== undefined);
}
