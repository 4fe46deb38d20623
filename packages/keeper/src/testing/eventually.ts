import { setTimeout as delay } from "node:timers/promises";

/** Repeats a check until it holds. The limit is only there so that a test that fails ends. */
export async function eventually(check: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`never came true: ${check}`);
    await delay(10);
  }
}
