/** The longest that a timer of Node's waits: one that is to wait longer fires at once. */
const longestMs = 2 ** 31 - 1;

/** Calls `action` once after `ms`, however long that is, unless it is disposed of before. Keeps no process alive. */
export function startTimer(ms: number, action: () => void): Disposable {
  const endMs = performance.now() + ms;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const leftMs = endMs - performance.now();
    timer = setTimeout(leftMs > longestMs ? wait : action, Math.max(0, Math.min(leftMs, longestMs))).unref();
  };
  wait();
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Resolves after `ms`, as `startTimer` counts them. */
export function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => void startTimer(ms, resolve));
}
