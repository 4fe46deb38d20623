import { check, cPath, libc } from "./libc.ts";

const RENAME_NOREPLACE = 1;

/** As rename(2) for absolute paths, but replaces nothing. Throws the kernel's error; EEXIST when the name is taken. */
export function renameIfFree(from: string | Buffer, to: string | Buffer): void {
  check(libc.renameat2(0, cPath(from), 0, cPath(to), RENAME_NOREPLACE), `rename ${from} to ${to}`);
}
