import { createCipheriv } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a context is to hold beside its Dockerfile. */
export interface ContextSize {
  readonly files: number;
  readonly bytes: number;
}

const filesOfPackage = 26;

/**
 * Fills a folder as installed npm packages do: folders of some 26 files, most small, one in forty large. The same
 * files every time, down to the last byte.
 */
export function writePackages(folder: string, { files, bytes }: ContextSize): void {
  const sizes = Array.from({ length: files }, (_, index) => shareOf(index));
  const scale = bytes / sizes.reduce((sum, share) => sum + share, 0);
  const pool = randomBytes(Math.ceil(scale * Math.max(...sizes)) + files);
  for (const [index, share] of sizes.entries()) {
    const path = join(folder, pathOf(index));
    if (index % 13 === 0) mkdirSync(dirname(path), { recursive: true });
    // From another place of the pool each, so that no two files are equal.
    writeFileSync(path, pool.subarray(index, index + Math.round(share * scale)));
  }
}

function pathOf(index: number): string {
  const part = index % filesOfPackage < 13 ? "lib" : "dist/esm";
  return `package-${Math.floor(index / filesOfPackage)}/${part}/file-${index % filesOfPackage}.js`;
}

function shareOf(index: number): number {
  return index % 40 === 0 ? 100 : 1 + (index % 7);
}

/** Bytes that look random and are always the same. */
function randomBytes(count: number): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 1), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(count));
}
