import type { Duplex } from "node:stream";
import { parseDetachKeys } from "@tdock/api/detach-keys";
import type { Input } from "@tdock/api/endpoint";
import { execIdHeader, type execRun, type execStart } from "@tdock/api/exec";
import { encodeFrameHeader, type FrameStream } from "@tdock/api/frames";
import type { Upgrade } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { OutputStream } from "@tdock/keeper/output-stream";
import { startTimer } from "../host/timer.ts";
import { stopTimeoutOf } from "./container.ts";
import { detachStream } from "./detach-stream.ts";
import type { Exec } from "./exec.ts";
import { checkCanExec, createExec } from "./exec-create.ts";
import { sendExecSignal } from "./exec-kill.ts";
import { type ExecEngine, openExec, openExecAttached, startExecProcess } from "./exec-run.ts";
import { hangUp } from "./hang-up.ts";
import { copyToStdin } from "./stdin.ts";
import { stdioPaths } from "./stdio.ts";

const SIGHUP = 1;
const SIGKILL = 9;

/**
 * Runs an exec. Detached, it answers when the process runs; else the connection becomes the process's streams. A client
 * that goes away ends the process, unless it typed the detach keys.
 * Throws `conflict` when the exec was started before, or its container does not run.
 */
export async function startExec(engine: ExecEngine, input: Input<typeof execStart>, upgrade: Upgrade): Promise<void> {
  const exec = engine.execs.get(input.id);
  if (exec.status.kind === "exited") throw new TdockError("conflict", `Error: Exec command ${exec.id} has already run`);
  using claim = exec.status.kind === "running" ? undefined : engine.execs.claim(exec.id);
  if (claim === undefined) throw new TdockError("conflict", `Error: Exec command ${exec.id} is already running`);
  const container = engine.containers.get(exec.containerId);
  checkCanExec(container);
  const asked = {
    ...exec,
    config: { ...exec.config, ...(input.body?.ConsoleSize && { ConsoleSize: input.body.ConsoleSize }) },
  };
  if (input.body?.Detach === true) {
    await openExec(engine, asked);
    await startExecProcess(engine, container, asked);
    upgrade.reply(200);
    return;
  }
  const framed = exec.config.Tty !== true;
  await runAttached(engine, asked, { framed, accept: () => upgrade.accept(framed), sendsExitCode: false });
}

/** Creates an exec and runs it attached. Throws as `createExec` and `startExec` do. */
export async function runExec(engine: ExecEngine, input: Input<typeof execRun>, upgrade: Upgrade): Promise<void> {
  const { Id: id } = await createExec(engine, input);
  using _claim = engine.execs.claim(id);
  await runAttached(engine, engine.execs.get(id), {
    framed: true,
    accept: () => upgrade.accept(true, { [execIdHeader]: id }),
    sendsExitCode: true,
  });
}

/** How the client of an exec gets its output. */
interface Attachment {
  readonly framed: boolean;
  readonly sendsExitCode: boolean;
  accept(): Duplex;
}

async function runAttached(engine: ExecEngine, exec: Exec, attachment: Attachment): Promise<void> {
  const { config } = exec;
  const { framed } = attachment;
  const wanted = { stdout: config.AttachStdout === true, stderr: config.AttachStderr === true, raw: !framed };
  const container = engine.containers.get(exec.containerId);
  const opening = openExecAttached(engine, exec, wanted);
  const starting = startExecProcess(engine, container, exec, opening).then(
    () => undefined,
    (thrown: unknown) => TdockError.from(thrown),
  );
  const output = await opening;
  // Before the process prints: docker-py loses what arrives in one piece with the head.
  const socket = attachment.accept();
  const failure = await starting;
  if (failure !== undefined) {
    output.destroy();
    // Clients look for the reason in the stream and for the code in inspect.
    socket.write(errorText(failure.message, framed));
    endConversation(engine, exec, socket, attachment);
    return;
  }
  await joinExec(engine, exec, { socket, output, attachment });
}

interface Joined {
  readonly socket: Duplex;
  readonly output: OutputStream;
  readonly attachment: Attachment;
}

async function joinExec(engine: ExecEngine, exec: Exec, { socket, output, attachment }: Joined): Promise<void> {
  const isTty = exec.config.Tty === true;
  const done = new AbortController();
  let detached = false;
  const detach = () => {
    detached = true;
    done.abort();
  };
  socket.once("close", () => done.abort());
  if (socket.destroyed) done.abort();
  if (exec.config.AttachStdin === true) {
    const keys = parseDetachKeys(exec.config.DetachKeys ?? undefined);
    const source = isTty ? socket.pipe(detachStream(keys, detach)) : socket;
    feed(engine, exec, source as Duplex, done.signal).catch((err) =>
      engine.log.debug({ id: exec.id, err }, "exec input broke off"),
    );
  } else socket.resume();
  try {
    await output.pipeTo(socket, done.signal);
    // Clients ask for the exit code as soon as the stream ends.
    await engine.execs.reaches(exec.id, ({ kind }) => kind === "exited", done.signal);
  } catch (thrown) {
    // A write that fails tells before the connection's end does.
    if (!done.signal.aborted && !socket.destroyed) throw thrown;
    socket.destroy();
    if (!detached) await endAbandoned(engine, exec);
  } finally {
    output.destroy();
    endConversation(engine, exec, socket, attachment);
    done.abort();
  }
}

function endConversation(engine: ExecEngine, { id }: Exec, socket: Duplex, { sendsExitCode }: Attachment): void {
  const status = engine.execs.find(id)?.status;
  if (sendsExitCode && status?.kind === "exited") socket.write(encodeFrame(4, String(status.exitCode)));
  hangUp(socket);
}

/** A process whose client is gone: what does not obey has as long as when its container is stopped. */
async function endAbandoned(engine: ExecEngine, exec: Exec): Promise<void> {
  const send = async (signal: number) => {
    if (engine.execs.find(exec.id)?.status.kind === "running") await sendExecSignal(engine, exec, signal);
  };
  const seconds = stopTimeoutOf(engine.containers.get(exec.containerId));
  if (seconds >= 0) startTimer(seconds * 1000, () => void send(SIGKILL).catch(() => {}));
  await send(SIGHUP);
}

async function feed(engine: ExecEngine, exec: Exec, source: Duplex, signal: AbortSignal): Promise<void> {
  const key = { id: exec.containerId, execId: exec.id };
  const { stdinPath = "" } = stdioPaths(engine.config, { ...key, stdin: true, tty: exec.config.Tty === true });
  const ended = await copyToStdin(source, stdinPath, signal);
  if (ended && exec.config.Tty !== true) await engine.containerd.tasks.closeStdin(key);
}

function errorText(message: string, framed: boolean): Buffer {
  return framed ? encodeFrame(2, `${message}\n`) : Buffer.from(`${message}\n`);
}

function encodeFrame(stream: FrameStream, text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([encodeFrameHeader(stream, payload.length), payload]);
}
