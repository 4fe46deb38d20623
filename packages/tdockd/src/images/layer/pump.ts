import { writeSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { TdockError } from "@tdock/errors/error";
import { libc } from "../../host/libc.ts";
import { openPipe } from "../../host/pipe.ts";
import type { GrowingFile } from "../growing-file.ts";
import type { FilteredLayer, PumpReply, PumpRequest } from "./pump-message.ts";
import { SharedLength } from "./shared-length.ts";

interface Waiting {
  resolve(layer: FilteredLayer): void;
  reject(error: TdockError): void;
}

/** A thread at work: how to tell it something, and how many layers it has. */
interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  tell(request: PumpRequest): void;
  wake(): void;
}

const idleMs = 1000;
// In the bundle the worker lies beside main.js, as a file of its own.
const workerFile = new URL(`./pump-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

let thread: Thread | undefined;
let lastId = 0;

/** A pipe, or a file that may still grow. */
export interface LayerInput {
  readonly fd: number;
  readonly file?: GrowingFile;
}

/**
 * Moves a layer's tar from `input` to the unpacker's pipe `to`, hashing it and judging every header on the way
 * (`TarFilter`), in a thread that all layers share, so that requests are answered meanwhile. The descriptors change
 * hands. Throws `invalid-argument`, `canceled` (reason `unpacker-ended` when nobody reads `to` any more), what the file
 * ends with.
 */
export async function filterLayer({ fd, file }: LayerInput, to: number, signal: AbortSignal): Promise<FilteredLayer> {
  thread ??= startThread();
  const { waiting, tell, wake } = thread;
  lastId += 1;
  const id = lastId;
  const result = Promise.withResolvers<FilteredLayer>();
  waiting.set(id, result);
  const progress = file && new SharedLength();
  tell({ kind: "start", id, from: fd, to, progress: progress?.memory });
  const stop = () => tell({ kind: "stop", id });
  using _following = file?.follow(({ length, end }) => {
    if (end?.error !== undefined) {
      result.reject(end.error);
      stop();
    } else if (end === undefined ? progress?.grow(length) : progress?.end(length)) wake();
  });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await result.promise;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function startThread(): Thread {
  const pipe = openPipe(4096);
  const worker = new Worker(workerFile, { workerData: { wake: pipe.readEnd }, trackUnmanagedFds: false });
  const waiting = new Map<number, Waiting>();
  const wake = () => void writeSync(pipe.writeEnd, "!");
  const tell = (request: PumpRequest) => {
    worker.postMessage(request);
    wake();
  };
  worker.unref();
  worker.on("message", (reply: PumpReply) => {
    settle(waiting, reply);
    if (waiting.size === 0) endWhenIdle(worker);
  });
  const fail = (cause: unknown) => {
    for (const { reject } of waiting.values())
      reject(new TdockError("internal", "the unpacking thread ended", { cause }));
    waiting.clear();
  };
  worker.on("error", fail);
  worker.once("exit", (code) => {
    if (thread?.worker === worker) thread = undefined;
    pipe[Symbol.dispose]();
    fail(code);
  });
  return { worker, waiting, tell, wake };
}

function settle(waiting: Map<number, Waiting>, reply: PumpReply): void {
  const one = waiting.get(reply.id);
  waiting.delete(reply.id);
  if (reply.kind === "done") one?.resolve({ facts: reply.facts, diffId: reply.diffId });
  else
    one?.reject(new TdockError(reply.code, reply.message, reply.reason === undefined ? {} : { reason: reply.reason }));
}

/** A thread costs some MiB: it goes when no layer has come for a while, and with it what malloc still keeps of them. */
function endWhenIdle(worker: Worker): void {
  const before = lastId;
  setTimeout(() => {
    if (lastId !== before || thread?.worker !== worker) return;
    thread = undefined;
    void worker.terminate().then(() => libc.mallocTrim(0));
  }, idleMs).unref();
}
