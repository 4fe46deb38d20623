/** The first bytes of a stream, and the whole stream again. */
export interface Peeked {
  /** At least as many bytes as asked for, fewer only when there are no more. */
  readonly head: Uint8Array;
  readonly rest: AsyncGenerator<Uint8Array>;
}

/** Looks at the beginning of a stream without losing it. */
export async function peek(bytes: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
  const iterator = bytes[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    chunks.push(value);
    size += value.length;
  }
  return { head: Buffer.concat(chunks), rest: goOn(chunks, iterator) };
}

async function* goOn(chunks: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
