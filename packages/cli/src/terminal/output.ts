import { FrameDecoder } from "@tdock/api/frames";
import { TdockError } from "@tdock/errors/error";
import { writeAll } from "./write-all.ts";

export interface OutputOptions {
  /** Whether the bytes come in 8-byte frames; else all of it is standard output. */
  readonly framed: boolean;
  /** Called with the pieces of the exit code that an engine sends behind the output when it is asked to. */
  readonly onExitCode?: (digits: string) => void;
}

/**
 * Writes what a container prints to our own standard output and standard error, until its stream ends.
 * Throws `internal` with the engine's text when the engine reports a failure inside the stream.
 */
export async function copyOutput(source: AsyncIterable<Uint8Array>, options: OutputOptions): Promise<void> {
  const write = outputWriter(options);
  for await (const chunk of source) write(chunk);
}

/** As {@link copyOutput}, chunk by chunk. */
export function outputWriter({ framed, onExitCode }: OutputOptions): (chunk: Uint8Array) => void {
  if (!framed) return (chunk) => writeAll(1, chunk);
  const decoder = new FrameDecoder();
  return (chunk) => {
    for (const { stream, payload } of decoder.decode(chunk)) {
      if (stream === 3)
        throw new TdockError("internal", `Error response from daemon: ${Buffer.from(payload).toString()}`);
      if (stream === 4) onExitCode?.(Buffer.from(payload).toString());
      else writeAll(stream === 2 ? 2 : 1, payload);
    }
  };
}
