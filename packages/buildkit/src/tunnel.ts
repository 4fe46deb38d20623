import { type Duplex, duplexPair, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A connection whose bytes are the messages of a call. */
export function tunnel(
  messages: AsyncIterable<{ data: Uint8Array }>,
  send: (data: Uint8Array) => Promise<void>,
): Duplex {
  const [inner, outer] = duplexPair();
  const cut = () => outer.destroy();
  pipeline(Readable.from(bytesOf(messages)), inner, { end: true }).catch(cut);
  sendAll(inner, send).catch(cut);
  return outer;
}

async function* bytesOf(messages: AsyncIterable<{ data: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { data } of messages) if (data.length > 0) yield data;
}

async function sendAll(source: AsyncIterable<Uint8Array>, send: (data: Uint8Array) => Promise<void>): Promise<void> {
  for await (const data of source) await send(data);
}
