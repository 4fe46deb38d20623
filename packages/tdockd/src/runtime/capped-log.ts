import { copyFile, stat, truncate } from "node:fs/promises";

const maxBytes = 4 * 1024 * 1024;
const checkEveryMs = 10 * 60 * 1000;

/**
 * Keeps the log of a program that cannot rotate it small: past 4 MiB its content moves to `<path>.1`, now and every
 * ten minutes until disposed. The writer must append. What it writes during the move is lost.
 */
export async function capLog(path: string, onError: (error: unknown) => void): Promise<Disposable> {
  await moveWhenLarge(path);
  const timer = setInterval(() => moveWhenLarge(path).catch(onError), checkEveryMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function moveWhenLarge(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size <= maxBytes) return;
  await copyFile(path, `${path}.1`);
  await truncate(path);
}
