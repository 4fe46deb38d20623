import type { Readable } from "node:stream";

/** All that is left of a stream, as UTF-8. */
export function readText(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("end", () => resolve(Buffer.concat(chunks).toString()));
    stream.once("error", reject);
    stream.once("aborted", () => reject(new Error("the daemon closed the connection in the middle of a reply")));
  });
}
