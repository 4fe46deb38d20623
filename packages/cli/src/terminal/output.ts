import type { Readable } from "node:stream";
import { FrameDecoder } from "@tdock/api/frames";
import { TdockError } from "@tdock/errors/error";
import { writeAll } from "./write-all.ts";

export interface OutputOptions {
  /** Whether the bytes come in 8-byte frames; else all of it is standard output. */
  readonly framed: boolean;
}

/**
 * Writes what a container prints to our own standard output and standard error, until its stream ends.
 * Throws `internal` with the engine's text when the engine reports a failure inside the stream.
 */
export async function copyOutput(source: Readable, { framed }: OutputOptions): Promise<void> {
  const decoder = framed ? new FrameDecoder() : undefined;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    const waiting = decoder === undefined ? writeAll(1, chunk) : writeFrames(decoder, chunk);
    if (waiting !== undefined) await waiting;
  }
}

/** Gives a promise only when something has to be waited for: most chunks are written at once. */
function writeFrames(decoder: FrameDecoder, chunk: Uint8Array): Promise<void> | undefined {
  let waiting: Promise<void> | undefined;
  for (const { stream, payload } of decoder.decode(chunk)) {
    if (stream === 3)
      throw new TdockError("internal", `Error response from daemon: ${Buffer.from(payload).toString()}`);
    const write = () => writeAll(stream === 2 ? 2 : 1, payload);
    waiting = waiting === undefined ? write() : waiting.then(write);
  }
  return waiting;
}
