/** What `source` yields, which is ended with it. Throws the signal's reason as soon as it fires, whatever is waited for. */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let stop: (reason: unknown) => void = () => {};
  const abort = () => stop(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T>>();
      stop = reject;
      iterator.next().then(resolve, reject);
      const next = await promise;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    const ended = iterator.return?.();
    // A source that stalls may never answer to this.
    if (signal.aborted) ended?.catch(() => undefined);
    else await ended;
  }
}
