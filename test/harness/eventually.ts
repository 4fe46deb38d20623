import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats `check` until it stops throwing and gives its result. Rejects with its last error after `timeoutMs`.
 * For what happens soon but not at once; the limit is only there so that a test that fails ends.
 */
export async function eventually<T>(check: () => T | Promise<T>, timeoutMs = 15_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await sleep(50);
    }
  }
}
