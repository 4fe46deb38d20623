import type { Writable } from "node:stream";

/** Writes and resolves when there is room for more, at once when there is. A stream that has closed takes no more. */
export async function writeWithRoom(stream: Writable, chunk: Uint8Array): Promise<void> {
  if (!stream.writable || stream.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}
