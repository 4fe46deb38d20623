import type { Duplex } from "node:stream";
import type { containerAttach, containerAttachWebsocket } from "@tdock/api/containers";
import { parseDetachKeys } from "@tdock/api/detach-keys";
import type { Input } from "@tdock/api/endpoint";
import type { Upgrade } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { OutputStream } from "@tdock/keeper/output-stream";
import type { Engine } from "../engine.ts";
import { type Container, isTty } from "./container.ts";
import { detachStream } from "./detach-stream.ts";
import { containerEvent } from "./event.ts";
import { hangUp } from "./hang-up.ts";
import { type StdinEngine, writeStdin } from "./stdin.ts";
import { logTarget } from "./stdio.ts";

type AttachEngine = StdinEngine & Pick<Engine, "events" | "log">;

/**
 * Joins a client's connection to a container's streams: output from now on (with `logs` from the beginning), input
 * until the client closes its half. Works on a container that is not started yet, so that nothing is missed.
 * Ends when the container does; a client that goes away, or types the detach keys, leaves it running.
 */
export async function attachContainer(
  engine: AttachEngine,
  input: Input<typeof containerAttach>,
  upgrade: Upgrade,
): Promise<void> {
  const raw = isTty(engine.containers.get(input.id));
  await attach(engine, input, { raw, accept: async () => upgrade.accept(!raw) });
}

/** The same over a websocket: both streams of output come as they are, in binary messages. */
export async function attachOverWebSocket(
  engine: AttachEngine,
  input: Input<typeof containerAttachWebsocket>,
  upgrade: Upgrade,
): Promise<void> {
  await attach(engine, input, { raw: true, accept: () => upgrade.acceptWebSocket() });
}

interface Client {
  /** Without 8-byte frames. */
  readonly raw: boolean;
  accept(): Promise<Duplex>;
}

async function attach(
  engine: AttachEngine,
  input: Input<typeof containerAttach>,
  { raw, accept }: Client,
): Promise<void> {
  const container = engine.containers.get(input.id);
  checkCanAttach(container);
  const keys = parseDetachKeys(input.detachKeys);
  const wantsInput = input.stdin === true && input.stream === true && container.config.OpenStdin === true;
  const output = await openOutput(engine, container, { ...input, raw });
  const socket = await accept().catch((thrown) => {
    output?.destroy();
    throw thrown;
  });
  containerEvent(engine, container, "attach");
  await join(engine, { container, socket, output, wantsInput, keys });
}

interface Session {
  readonly container: Container;
  readonly socket: Duplex;
  readonly output: OutputStream | undefined;
  readonly wantsInput: boolean;
  readonly keys: Uint8Array;
}

async function join(engine: AttachEngine, session: Session): Promise<void> {
  const { container, socket, output, wantsInput, keys } = session;
  const done = new AbortController();
  const detach = () => {
    containerEvent(engine, container, "detach");
    done.abort();
  };
  socket.once("close", () => done.abort());
  if (socket.destroyed) done.abort();
  const stdin = wantsInput
    ? writeStdin(engine, container, isTty(container) ? socket.pipe(detachStream(keys, detach)) : socket, done.signal)
    : drainInput(socket);
  stdin.catch((err) => engine.log.debug({ id: container.id, err }, "input of an attached client broke off"));
  try {
    if (output === undefined) await stdin;
    else await output.pipeTo(socket, done.signal);
  } catch (thrown) {
    // The client went away or detached: the container has not noticed and is not to.
    if (!done.signal.aborted && !socket.destroyed) throw thrown;
    socket.destroy();
  } finally {
    output?.destroy();
    hangUp(socket);
    done.abort();
  }
}

/** A client that only listens still closes its half: that has to be read, and means nothing. */
async function drainInput(socket: Duplex): Promise<void> {
  socket.resume();
}

function checkCanAttach({ status }: Container): void {
  if (status.kind === "paused")
    throw new TdockError("conflict", "container is paused, unpause the container before attach");
  if (status.kind === "restarting") {
    throw new TdockError("conflict", "container is restarting, wait until the container is running");
  }
}

async function openOutput(
  engine: AttachEngine,
  container: Container,
  input: Input<typeof containerAttach> & Pick<Client, "raw">,
): Promise<OutputStream | undefined> {
  const wanted = { stdout: input.stdout === true, stderr: input.stderr === true };
  if (!wanted.stdout && !wanted.stderr) return undefined;
  const { raw } = input;
  const { id } = container;
  if (input.stream !== true) {
    if (input.logs !== true) return undefined;
    return engine.keeper.logs({ id, log: logTarget(engine.containers, container), ...wanted, raw });
  }
  return engine.keeper.attach({ id, ...wanted, raw, replay: input.logs === true });
}
