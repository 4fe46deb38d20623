import { directory, file, tarOf } from "./tar-layer.ts";

const huge = String(2n ** 60n);
const blockBytes = 512;

/**
 * Archives that lie about sizes, names and lengths, break off or are damaged, by name. They must be refused, or be
 * taken for what is in them, in bounded time and memory.
 */
export async function hostileTars(): Promise<Readonly<Record<string, Buffer>>> {
  const honest = await tarOf([directory("d"), file("d/one", "one\n".repeat(500)), file("d/two", "two\n")]);
  const sparse = { "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "sparse" };
  return {
    "sparse-of-an-exabyte": await tarOf([
      {
        ...file("GNUSparseFile.0/sparse", `1\n0\n512\n${"\0".repeat(503)}${"x".repeat(blockBytes)}`),
        pax: { ...sparse, "GNU.sparse.realsize": huge },
      },
    ]),
    "size-overridden": await tarOf([{ ...file("big", "small"), pax: { size: huge } }]),
    "size-negative": withSizeField(honest, Buffer.concat([Buffer.alloc(11, 0xff), Buffer.from([0x80])])),
    "size-largest": withSizeField(honest, Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 0xff)])),
    "size-no-number": withSizeField(honest, Buffer.from("zzzzzzzzzzz\0")),
    deep: await tarOf([file(`${"d/".repeat(1000)}f`, "deep\n")]),
    "very-deep": await tarOf([file(`${"d/".repeat(10_000)}f`, "deep\n")]),
    "name-of-64-kib": await tarOf([file("n".repeat(65_536), "long\n")]),
    "name-with-newline": await tarOf([file("new\nline", "newline\n")]),
    "names-no-text": withNames(honest, [0xff, 0xfe]),
    "wrong-checksum": damagedAt(honest, 150),
    ...damagedCopies(honest),
  };
}

/** Cut off in four places, and with one bit turned over in six: the same on every run. */
function damagedCopies(honest: Buffer): Record<string, Buffer> {
  const cuts = Array.from({ length: 4 }, (_, index) => Math.floor(((index + 0.5) / 4) * honest.length));
  const flips = Array.from({ length: 6 }, (_, index) => (index * 7919) % honest.length);
  return Object.fromEntries([
    ...cuts.map((length) => [`cut-at-${length}`, honest.subarray(0, length)]),
    ...flips.map((offset) => [`flipped-at-${offset}`, damagedAt(honest, offset)]),
  ]);
}

function damagedAt(tar: Buffer, offset: number): Buffer {
  const copy = Buffer.from(tar);
  copy[offset] = (copy[offset] ?? 0) ^ 0x10;
  return copy;
}

/** The size of the second member, in a header whose checksum is right. */
function withSizeField(tar: Buffer, field: Buffer): Buffer {
  const copy = Buffer.from(tar);
  field.copy(copy, blockBytes + 124);
  return withChecksum(copy, blockBytes);
}

/** Two files whose names differ in a byte that no text has. */
function withNames(tar: Buffer, bytes: readonly [number, number]): Buffer {
  const copy = Buffer.from(tar);
  const second = blockBytes + blockBytes + Math.ceil(2000 / blockBytes) * blockBytes;
  copy[blockBytes + 2] = bytes[0];
  copy[second + 2] = bytes[1];
  for (const start of [blockBytes, second]) copy.write("ame\0", start + 3, "latin1");
  return withChecksum(withChecksum(copy, blockBytes), second);
}

function withChecksum(tar: Buffer, start: number): Buffer {
  tar.fill(" ", start + 148, start + 156);
  const sum = tar.subarray(start, start + blockBytes).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, start + 148, "latin1");
  return tar;
}
