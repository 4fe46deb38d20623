/** node:net's `isIP`: 4, 6, or 0. That module takes 4 ms to load: only who is given an address waits for it. */
export function isIP(text: string): number {
  return process.getBuiltinModule("node:net").isIP(text);
}
