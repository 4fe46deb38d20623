import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { ChunkBatch } from "../chunk-batch.ts";
import { GrowingFile } from "../growing-file.ts";

/** A file of an archive of which more is still to come. */
export interface ArrivingMember {
  /** Its name in the archive: a stranger's word. */
  readonly name: string;
  /** Its beginning: 512 bytes, fewer when it is shorter. */
  readonly head: Buffer;
  readonly file: GrowingFile;
}

/**
 * Is shown every file of an archive as soon as its beginning is there. The archive goes on once it resolves: to the
 * digest of the file, to be asked for later, if whoever was shown it reads all of it anyway and nobody need hash it twice.
 */
export type MemberWatch = (member: ArrivingMember) => Promise<LaterDigest | undefined>;

/** Resolves to `sha256:…`, or to undefined when not all was read after all. Never rejects. */
export type LaterDigest = () => Promise<string | undefined>;

/** A file of an archive that is there as a whole. */
export interface ArrivedMember {
  readonly path: string;
  readonly size: number;
  /** Waits for whoever reads the file. */
  digest(): Promise<string>;
}

const headBytes = 512;

/** Writes a file of an archive to `path`, which must not exist, as it arrives. */
export async function writeMember(
  chunks: AsyncIterable<Buffer>,
  { name, path }: { readonly name: string; readonly path: string },
  watch: MemberWatch,
): Promise<ArrivedMember> {
  await using handle = await open(path, "wx", 0o600);
  const file = new GrowingFile(path);
  const batch = new ChunkBatch(handle);
  const hash = createHash("sha256");
  let later: LaterDigest | undefined;
  let head = Buffer.alloc(0);
  const grow = async (bytes: number) => {
    const isFirst = file.length === 0 && bytes > 0;
    file.grow(file.length + bytes);
    if (isFirst) later = await watch({ name, head, file });
  };
  try {
    for await (const chunk of chunks) {
      if (later === undefined) hash.update(chunk);
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      await grow(await batch.add(chunk));
    }
    await grow(await batch.flush());
    file.end();
  } catch (thrown) {
    file.end(thrown);
    throw thrown;
  }
  const digest = async () => (later === undefined ? formatHash(hash) : ((await later()) ?? hashFile(path)));
  return { path, size: file.length, digest };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return formatHash(hash);
}

function formatHash(hash: Hash): string {
  return `sha256:${hash.digest("hex")}`;
}
