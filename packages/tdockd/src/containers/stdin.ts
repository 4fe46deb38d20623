import { constants, openSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type Container, isAlive, isTty } from "./container.ts";
import { openRequest, stdioPaths } from "./stdio.ts";

export type StdinEngine = Pick<Engine, "config" | "containerd" | "containers" | "keeper" | "live">;

/**
 * Copies a client's input to a container's stdin until the client closes its half or the signal aborts. The shim keeps
 * a write end of its own, so the process sees an end only when it is asked to let go: after the client's, when the
 * container was made for one session (`StdinOnce`) and has no terminal.
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
  const fifo = openForWriting(stdinPath);
  try {
    await pipeline(source, fifo, { signal, end: false });
    if (config.StdinOnce !== true || isTty(container)) return;
    if (!isAlive(engine.containers.get(id))) await engine.live.exits.wait(id, "start", signal);
    fifo.destroy();
    await engine.containerd.tasks.closeStdin({ id });
  } catch (thrown) {
    if (!signal.aborted && !isError(thrown, "not-found")) throw thrown;
  } finally {
    fifo.destroy();
  }
}

/** Opened for reading too: a FIFO that nobody reads yet could not be opened for writing alone. */
export function openForWriting(path: string): Socket {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on("error", () => socket.destroy());
  return socket;
}
