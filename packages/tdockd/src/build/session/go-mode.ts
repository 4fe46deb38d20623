import type { TreeEntry } from "../tree/entry.ts";

/** The bits of Go's `os.FileMode` above the permissions. */
const bits = {
  folder: 2 ** 31,
  link: 2 ** 27,
  device: 2 ** 26,
  fifo: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  char: 2 ** 21,
  sticky: 2 ** 20,
  irregular: 2 ** 19,
};

const special = [
  [bits.setuid, 0o4000],
  [bits.setgid, 0o2000],
  [bits.sticky, 0o1000],
] as const;

/** The kind that a mode tells, and its permission bits as Unix has them. */
export function decodeGoMode(mode: number): { readonly kind: "file" | "folder" | "link" | "other"; mode: number } {
  const permissions = special.reduce((sum, [bit, value]) => (has(mode, bit) ? sum | value : sum), mode & 0o777);
  return { kind: kindOf(mode), mode: permissions };
}

function kindOf(mode: number): "file" | "folder" | "link" | "other" {
  if (has(mode, bits.device | bits.fifo | bits.socket | bits.char | bits.irregular)) return "other";
  if (has(mode, bits.folder)) return "folder";
  return has(mode, bits.link) ? "link" : "file";
}

const kindBits: Readonly<Record<TreeEntry["kind"], number>> = {
  file: 0,
  folder: bits.folder,
  link: bits.link,
  fifo: bits.fifo,
  block: bits.device,
  char: bits.device + bits.char,
};

/** The mode of an entry. */
export function encodeGoMode({ kind, mode }: Pick<TreeEntry, "kind" | "mode">): number {
  const above = special.reduce((sum, [bit, value]) => ((mode & value) !== 0 ? sum + bit : sum), kindBits[kind]);
  return above + (mode & 0o777);
}

function has(mode: number, bit: number): boolean {
  return (mode & bit) !== 0;
}
