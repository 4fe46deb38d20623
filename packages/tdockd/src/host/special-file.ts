import { check, libc } from "./libc.ts";

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
export function makeSpecialFile(path: string, { kind, mode, major, minor }: SpecialFile): void {
  check(libc.mknod(path, typeBits[kind] | mode, deviceNumber(major, minor)), `make the ${kind} device ${path}`);
}

/** glibc's gnu_dev_makedev for numbers that fit into 32 bits. */
function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 256 + (minor & 0xfff00) * 4096;
}

/** glibc's gnu_dev_major. */
export function majorOf(device: number): number {
  return Math.floor(device / 256) & 0xfff;
}

/** glibc's gnu_dev_minor, for device numbers below 2^32. */
export function minorOf(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}
