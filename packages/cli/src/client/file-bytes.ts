import { type BunFile, bun } from "./bun.ts";

/** The bytes of a regular file. As the body of a request the kernel sends them, and this process never sees them. */
export class FileBytes implements AsyncIterable<Uint8Array> {
  readonly file: BunFile;

  constructor(path: string) {
    this.file = bun.file(path);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.file.stream()[Symbol.asyncIterator]();
  }
}
