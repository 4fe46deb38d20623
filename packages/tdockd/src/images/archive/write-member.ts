import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { ChunkBatch } from "../chunk-batch.ts";
import { GrowingFile } from "../growing-file.ts";
import type { ArchiveMember } from "./archive-members.ts";

/** A file of an archive of which more is still to come. */
export interface ArrivingMember {
  /** Its name in the archive: a stranger's word. */
  readonly name: string;
  /** Its beginning: 512 bytes, fewer when it is shorter. */
  readonly head: Buffer;
  readonly file: GrowingFile;
}

/** Is shown every file of an archive as soon as its beginning is there. The archive goes on once it resolves. */
export type MemberWatch = (member: ArrivingMember) => Promise<void>;

const headBytes = 512;

/** Writes a file of an archive to `path`, which must not exist, as it arrives; it is hashed on the way. */
export async function writeMember(
  chunks: AsyncIterable<Buffer>,
  { name, path }: { readonly name: string; readonly path: string },
  watch: MemberWatch,
): Promise<ArchiveMember> {
  await using handle = await open(path, "wx", 0o600);
  const file = new GrowingFile(path);
  const batch = new ChunkBatch(handle);
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  const grow = async (bytes: number) => {
    const isFirst = file.length === 0 && bytes > 0;
    file.grow(file.length + bytes);
    if (isFirst) await watch({ name, head, file });
  };
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      await grow(await batch.add(chunk));
    }
    await grow(await batch.flush());
    file.end();
  } catch (thrown) {
    file.end(thrown);
    throw thrown;
  }
  return { path, size: file.length, digest: `sha256:${hash.digest("hex")}` };
}
