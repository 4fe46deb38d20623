import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a text file whole or not at all, whatever ends the program or fills the disk. A link is followed, a file that
 * is there keeps its mode; `mode` is for a new one. Throws what the file system throws.
 */
export function replaceFile(path: string, text: string, { mode = 0o666 }: { readonly mode?: number } = {}): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const place = before === undefined ? path : realpathSync(path);
  const temporary = `${place}.${crypto.randomUUID()}`;
  try {
    writeFileSync(temporary, text, { flag: "wx", mode, flush: true });
    if (before !== undefined) chmodSync(temporary, before.mode & 0o777);
    renameSync(temporary, place);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
  syncFolder(dirname(place));
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
