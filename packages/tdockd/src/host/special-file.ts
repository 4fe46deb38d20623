import { check, cPath, libc } from "./libc.ts";

const S_IFIFO = 0o010000;
const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;
const typeBits = { fifo: S_IFIFO, char: S_IFCHR, block: S_IFBLK } as const;

export interface SpecialFile {
  readonly kind: keyof typeof typeBits;
  readonly mode: number;
  readonly major: number;
  readonly minor: number;
}

/** Makes a FIFO for output, readable and writable by its owner alone. */
export function makeFifo(path: string): void {
  check(libc.mkfifo(path, 0o600), `make the FIFO ${path}`);
}

/** Makes a FIFO or device. Throws the kernel's error; EEXIST when the name is taken. */
export function makeSpecialFile(path: string | Buffer, { kind, mode, major, minor }: SpecialFile): void {
  check(libc.mknod(cPath(path), typeBits[kind] | mode, deviceNumber(major, minor)), `make the ${kind} device ${path}`);
}

/** glibc's gnu_dev_makedev for numbers that fit into 32 bits. */
function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 256 + (minor & 0xfff00) * 4096;
}

/** The numbers of a device as stat(2) tells it: glibc's gnu_dev_major and gnu_dev_minor. */
export function numbersOf(rdev: number): { major: number; minor: number } {
  const device = BigInt(rdev);
  return {
    major: Number(((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)),
    minor: Number((device & 0xffn) | ((device >> 12n) & ~0xffn)),
  };
}
