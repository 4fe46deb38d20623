import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Where everything that tests make on disk lies. */
export const testRoot = process.env.TDOCK_TEST_ROOT ?? "/tmp/tdk-test";

/** A short random name, unique on this machine: fits into an interface name behind a prefix. */
export function shortName(): string {
  return randomBytes(3).toString("hex");
}

/** A new empty folder below `testRoot`, removed with all that is in it when it is disposed of. */
export async function scratchFolder(prefix: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = join(testRoot, `${prefix}-${shortName()}`);
  await mkdir(path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
