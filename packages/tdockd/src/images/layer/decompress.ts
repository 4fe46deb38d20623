import { closeSync } from "node:fs";
import { access } from "node:fs/promises";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { TdockError } from "@tdock/errors/error";
import { openPipe } from "../../host/pipe.ts";
import { startSandboxed } from "../../host/sandbox.ts";
import { writeWithRoom } from "../../host/stream-room.ts";
import { malformed } from "../../host/tar-header.ts";
import type { Compression } from "../../registry/media-type.ts";

const pipeBytes = 256 * 1024;

/**
 * Lets a blob's bytes flow into a pipe, decompressed, and closes it. gzip is done by `igzip` where Debian's isal is
 * installed (a third of zlib's time), else by `unpigz`, in a sandbox; else, as zstd, by Node's own libraries.
 * `output` is closed in any case. Throws `invalid-argument` for damaged or cut off bytes, what the bytes' source throws,
 * `canceled` when stopped, also by the pipe's reader going away.
 */
export async function decompressInto(
  bytes: AsyncIterable<Buffer>,
  compression: Compression,
  output: number,
  signal: AbortSignal,
): Promise<void> {
  const program = compression === "gzip" ? await gzipProgram() : undefined;
  if (program === undefined) return decompressHere(bytes, compression, socketOn(output), signal);
  using pipe = openPipe(pipeBytes);
  const { ended } = await startSandboxed(program, {}, { input: pipe.readEnd, output, signal }).finally(() =>
    closeSync(output),
  );
  pipe.close("readEnd");
  await feed(bytes, socketOn(pipe.take("writeEnd")));
  const { exitCode, complaint } = await ended;
  if (exitCode === undefined) throw stopped(signal);
  if (exitCode !== 0) throw damaged(complaint);
}

const gzipPrograms: readonly (readonly [string, ...string[]])[] = [
  ["/usr/bin/igzip", "-d", "-c"],
  ["/usr/bin/unpigz", "-c"],
];

async function gzipProgram(): Promise<readonly [string, ...string[]] | undefined> {
  for (const program of gzipPrograms) {
    const isThere = await access(program[0]).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return undefined;
}

async function decompressHere(
  bytes: AsyncIterable<Buffer>,
  compression: Compression,
  output: Writable,
  signal: AbortSignal,
): Promise<void> {
  if (compression === "none") return feed(bytes, output);
  const transform = compression === "zstd" ? createZstdDecompress() : createGunzip();
  try {
    await pipeline(bytes, transform, output, { signal });
  } catch (thrown) {
    if (signal.aborted || (thrown as NodeJS.ErrnoException).code === "EPIPE") throw stopped(signal);
    const isZlib = String((thrown as NodeJS.ErrnoException).code).match(/^(Z_|ZSTD_|ERR_ZLIB)/) !== null;
    throw isZlib ? damaged((thrown as Error).message) : thrown;
  }
}

/** Writes all, and closes. A reader that goes away ends it early: why, its own end tells. */
async function feed(bytes: AsyncIterable<Buffer>, input: Writable): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (!input.writable) return;
      await writeWithRoom(input, chunk);
    }
  } finally {
    input.end();
  }
}

function socketOn(fd: number): Socket {
  const socket = new Socket({ fd, readable: false, writable: true });
  socket.on("error", () => undefined);
  return socket;
}

function stopped(signal: AbortSignal): TdockError {
  return new TdockError("canceled", "unpacking was stopped", { cause: signal.reason });
}

function damaged(detail: string): TdockError {
  const [line = ""] = detail.split("\n");
  return malformed(`it cannot be decompressed: ${line}`);
}
