/** The same bytes in memory of their own: what packs a layer uses its memory again, what compresses it reads later. */
export async function* copiedChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}
