import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What the kernel runs a kind of program with: an entry of binfmt_misc. */
export interface ProgramHandler {
  readonly offset: number;
  readonly magic: Buffer;
  readonly mask: Buffer;
}

/**
 * The handlers that work inside containers: enabled, told by the program's first bytes, and opened beforehand (flag F),
 * as a container has no such file. Follows the kernel's Documentation/admin-guide/binfmt-misc.rst.
 */
export async function programHandlers(folder = "/proc/sys/fs/binfmt_misc"): Promise<ProgramHandler[]> {
  const names = await readdir(folder).catch(() => []); // not mounted
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "latin1").catch(() => "")));
  return texts.flatMap((text) => parseHandler(text) ?? []);
}

function parseHandler(text: string): ProgramHandler | undefined {
  const lines = text.split("\n");
  const member = (name: string) => new RegExp(`^${name}:? (.*)$`, "m").exec(text)?.[1];
  const magic = member("magic");
  if (lines[0] !== "enabled" || magic === undefined || !member("flags")?.includes("F")) return undefined;
  const bytes = Buffer.from(magic, "hex");
  const mask = member("mask");
  const all = Buffer.alloc(bytes.length, 0xff);
  return { offset: Number(member("offset") ?? 0), magic: bytes, mask: mask ? Buffer.from(mask, "hex") : all };
}

/** Number of ELF's `e_machine`, bits, and order of bytes. */
const machines: Readonly<Record<string, readonly [machine: number, bits: 32 | 64, order: "little" | "big"]>> = {
  "386": [3, 32, "little"],
  amd64: [62, 64, "little"],
  arm: [40, 32, "little"],
  arm64: [183, 64, "little"],
  loong64: [258, 64, "little"],
  mips64: [8, 64, "big"],
  mips64le: [8, 64, "little"],
  ppc64le: [21, 64, "little"],
  riscv64: [243, 64, "little"],
  s390x: [22, 64, "big"],
};

/** Whether a handler takes programs of an architecture. */
export function emulates({ offset, magic, mask }: ProgramHandler, architecture: string): boolean {
  const program = Object.hasOwn(machines, architecture) ? programHead(architecture) : undefined;
  if (program === undefined || offset + magic.length > program.length) return false;
  return magic.every((byte, index) => ((byte ^ (program[offset + index] ?? 0)) & (mask[index] ?? 0xff)) === 0);
}

function programHead(architecture: string): Buffer | undefined {
  const [machine, bits, order] = machines[architecture] ?? [0, 64, "little"];
  const head = Buffer.alloc(64);
  head.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, order === "little" ? 1 : 2, 1]);
  const executable = 2;
  if (order === "little") {
    head.writeUInt16LE(executable, 16);
    head.writeUInt16LE(machine, 18);
  } else {
    head.writeUInt16BE(executable, 16);
    head.writeUInt16BE(machine, 18);
  }
  return head;
}
