import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/api/src/frames.ts
var FrameDecoder = class {
  #header = Buffer.alloc(8);
  #headerLength = 0;
  #remaining = 0;
  *decode(chunk) {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#remaining === 0) {
        offset = this.#readHeader(chunk, offset);
        continue;
      }
      const end = Math.min(chunk.length, offset + this.#remaining);
      this.#remaining -= end - offset;
      yield { stream: this.#header[0], payload: chunk.subarray(offset, end) };
      offset = end;
    }
  }
  #readHeader(chunk, offset) {
    const end = Math.min(chunk.length, offset + 8 - this.#headerLength);
    this.#header.set(chunk.subarray(offset, end), this.#headerLength);
    this.#headerLength += end - offset;
    if (this.#headerLength === 8) {
      this.#headerLength = 0;
      this.#remaining = this.#header.readUInt32BE(4);
    }
    return end;
  }
};

// packages/cli/src/terminal/write-all.ts
import { writeSync } from "node:fs";
var names = { 1: "stdout", 2: "stderr" };
function writeAll(descriptor, bytes) {
  let offset = 0;
  try {
    while (offset < bytes.length) offset += writeSync(descriptor, bytes, offset);
    return void 0;
  } catch (thrown) {
    const { code } = thrown;
    if (code === "EPIPE") process.exit(141);
    if (code !== "EAGAIN") throw thrown;
    return writeToStream(descriptor, bytes.slice(offset));
  }
}
function writeToStream(descriptor, rest) {
  const stream = process[names[descriptor]];
  return new Promise((resolve, reject) => stream.write(rest, (error) => error ? reject(error) : resolve()));
}

// packages/cli/src/terminal/output.ts
async function copyOutput(source, { framed }) {
  const decoder = framed ? new FrameDecoder() : void 0;
  for await (const chunk of source) {
    const waiting = decoder === void 0 ? writeAll(1, chunk) : writeFrames(decoder, chunk);
    if (waiting !== void 0) await waiting;
  }
}
function writeFrames(decoder, chunk) {
  let waiting;
  for (const { stream, payload } of decoder.decode(chunk)) {
    if (stream === 3)
      throw new TdockError("internal", `Error response from daemon: ${Buffer.from(payload).toString()}`);
    const write = () => writeAll(stream === 2 ? 2 : 1, payload);
    waiting = waiting === void 0 ? write() : waiting.then(write);
  }
  return waiting;
}

export {
  copyOutput
};
