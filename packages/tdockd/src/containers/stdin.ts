import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Engine } from "../engine.ts";
import { type Container, isAlive, isTty } from "./container.ts";
import { openRequest, stdioPaths } from "./stdio.ts";

export type StdinEngine = Pick<Engine, "config" | "containerd" | "containers" | "keeper" | "live">;

/**
 * Copies a client's input to a container's stdin until the client closes its half or the signal aborts. The shim keeps
 * a write end of its own, so the process sees an end only when the shim is asked to let go: after the client's, when
 * the container was made for one session (`StdinOnce`) and has no terminal.
 */
export async function writeStdin(
  engine: StdinEngine,
  container: Container,
  source: Readable,
  signal: AbortSignal,
): Promise<void> {
  const { id, config } = container;
  // Before the start nobody has made the FIFO; what is written then waits in it.
  if (!isAlive(container)) await engine.keeper.open(openRequest(engine, container));
  const { stdinPath = "" } = stdioPaths(engine.config, { id, stdin: true, tty: isTty(container) });
  const isOver = config.StdinOnce === true && !isTty(container);
  const started = async () => {
    if (!isAlive(engine.containers.get(id))) await engine.live.exits.wait(id, "start", signal);
  };
  const ended = await copyToStdin(source, stdinPath, signal, started);
  if (ended && isOver) await engine.containerd.tasks.closeStdin({ id });
}

/**
 * Copies `source` into the FIFO at `path`; resolves to whether the source has ended, false when the signal cut it.
 * `beforeClose` may hold the FIFO open: what is in it is lost when nobody has it open.
 */
export async function copyToStdin(
  source: Readable,
  path: string,
  signal: AbortSignal,
  beforeClose?: () => Promise<void>,
): Promise<boolean> {
  const fifo = openForWriting(path);
  try {
    await pipeline(source, fifo, { signal, end: false });
    await flushed(fifo, signal);
    await beforeClose?.();
    return true;
  } catch (thrown) {
    if (signal.aborted) return false;
    throw thrown;
  } finally {
    fifo.destroy();
  }
}

/** Resolves when everything written before is in the FIFO: a pipeline that leaves its end open does not wait for that. */
function flushed(fifo: Socket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    fifo.write("", (error) => (error == null ? resolve() : reject(error)));
  });
}

/** Opened for reading too: a FIFO that nobody reads yet could not be opened for writing alone. */
function openForWriting(path: string): Socket {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on("error", () => socket.destroy());
  return socket;
}
