import { noteLine, type RecordVisitor } from "./log-format.ts";
import { encodeFrameHeader, type StreamNumber, stderr } from "./record.ts";

const frameHeaderBytes = 8;
const initialBytes = 16 * 1024;
const newline = 0x0a;

/**
 * Gathers output into one buffer of Docker's frames (or, `raw`, bare bytes). Neighbouring output of one stream becomes
 * one frame, since a client's work is per frame; with `framedLines` a frame ends where a line does.
 */
export class FrameSink implements RecordVisitor {
  readonly #raw: boolean;
  readonly #framedLines: boolean;
  #buffer: Buffer;
  #length = 0;
  #frameAt = 0;
  #frameStream: StreamNumber | 0 = 0;

  constructor({ raw, framedLines }: { readonly raw: boolean; readonly framedLines: boolean }) {
    this.#raw = raw;
    this.#framedLines = framedLines;
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  get length(): number {
    return this.#length;
  }

  record(source: Buffer, from: number, to: number, stream: StreamNumber): void {
    if (!this.#framedLines) {
      this.#append(source, from, to, stream);
      return;
    }
    for (let at = from; at < to; ) {
      const end = source.indexOf(newline, at) + 1;
      const isWhole = end > 0 && end <= to;
      this.#append(source, at, isWhole ? end : to, stream);
      if (isWhole) this.#endFrame();
      at = isWhole ? end : to;
    }
  }

  #append(source: Buffer, from: number, to: number, stream: StreamNumber): void {
    if (to <= from) return;
    this.#reserve(to - from + frameHeaderBytes);
    if (!this.#raw && stream !== this.#frameStream) this.#beginFrame(stream);
    this.#length += source.copy(this.#buffer, this.#length, from, to);
  }

  note(text: string): void {
    const line = Buffer.from(noteLine(text));
    this.record(line, 0, line.length, stderr);
  }

  /** The gathered bytes, valid until the next `record`, which begins anew. */
  take(): Buffer {
    this.#endFrame();
    const taken = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #beginFrame(stream: StreamNumber): void {
    this.#endFrame();
    this.#frameStream = stream;
    this.#frameAt = this.#length;
    this.#length += frameHeaderBytes;
  }

  #endFrame(): void {
    if (this.#frameStream === 0) return;
    const payloadBytes = this.#length - this.#frameAt - frameHeaderBytes;
    encodeFrameHeader(this.#buffer, this.#frameAt, this.#frameStream, payloadBytes);
    this.#frameStream = 0;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
