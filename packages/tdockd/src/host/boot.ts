import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readFileIfExists, writeFileAtomic } from "./atomic-file.ts";

/** Of this run of the machine. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/**
 * Whether the machine has been started since this was last asked of the folder. The answer is remembered in it, so a
 * folder that did not outlive the machine answers yes as well.
 */
export async function isFirstAfterBoot(folder: string): Promise<boolean> {
  const path = join(folder, "boot-id");
  const current = bootId();
  if ((await readFileIfExists(path)) === current) return false;
  await writeFileAtomic(path, current, { durable: false });
  return true;
}
