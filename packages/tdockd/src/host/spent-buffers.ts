const batchBytes = 4 * 1024 * 1024;

let spentBytes = 0;

/**
 * Says that buffers of so many bytes have come, been used and are garbage. For every few MiB of them the young ones are
 * collected, which takes half a millisecond. V8 does not do so by itself: it counts buffers as part of the heap, and
 * marks all of it each time it has grown by a fifth, which was a quarter of a load's processor time.
 */
export function spendBuffers(bytes: number): void {
  spentBytes += bytes;
  if (spentBytes < batchBytes) return;
  spentBytes = 0;
  globalThis.gc?.({ type: "minor", execution: "sync" });
}
