import { fs } from "../fs.ts";

/** `/dev/null`, as `makedev(1, 3)`. */
const nullDevice = 0x103;

/** Whether a descriptor of ours is a terminal. What cannot be one is told by its kind: node:tty is slow to load. */
export function isTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    const found = fs().fstatSync(descriptor);
    if (!found.isCharacterDevice() || found.rdev === nullDevice) return false;
  } catch {
    // The caller has closed it.
    return false;
  }
  return process.getBuiltinModule("node:tty").isatty(descriptor);
}
