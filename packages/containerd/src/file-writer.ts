import type { FileHandle } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";
import { contentFileError } from "./content-files.ts";
import type { ContentWriter } from "./content-writer.ts";
import { readFileRange } from "./file-range.ts";
import { commitIngest, type Ingest } from "./ingest.ts";

/** Chunks are gathered up to this many bytes before they are written: a write costs a thread's turn. */
const batchBytes = 1024 * 1024;

/**
 * Writes into the ingest's own file. The session stays open meanwhile, so that containerd keeps others away; to commit,
 * it is opened anew, whereupon containerd reads the file and computes its digest itself.
 */
export function fileWriter(ingest: Ingest, file: FileHandle): ContentWriter {
  const foundBytes = ingest.offset;
  let offset = foundBytes;
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let writing: Promise<void> = Promise.resolve();
  let session = ingest.session;

  const flush = async (): Promise<void> => {
    const [batch, position] = [gathered, offset - gatheredBytes];
    gathered = [];
    gatheredBytes = 0;
    await writing;
    writing = writeAll(file, batch, position);
    writing.catch(() => undefined);
  };
  const settle = async (): Promise<void> => {
    if (gatheredBytes > 0) await flush();
    await writing;
  };

  return {
    get offset() {
      return offset;
    },
    readBack: () => readFileRange(file, 0, foundBytes),
    write: async (chunk) => {
      gathered.push(chunk);
      gatheredBytes += chunk.length;
      offset += chunk.length;
      if (gatheredBytes >= batchBytes) await flush();
    },
    commit: async (labels) => {
      await settle();
      await file.datasync().catch(rethrow);
      await session.finish();
      const reopened = await ingest.reopen();
      if (reopened === undefined) return;
      session = reopened.session;
      if (reopened.offset !== offset) throw lostBytes(ingest, { wanted: offset, found: reopened.offset });
      await commitIngest(reopened, offset, labels);
    },
    [Symbol.asyncDispose]: async () => {
      await settle().catch(() => undefined);
      await file.close();
      await session.finish();
    },
  };
}

async function writeAll(file: FileHandle, batch: readonly Uint8Array[], position: number): Promise<void> {
  const { bytesWritten } = await file.writev(batch, position).catch(rethrow);
  const wanted = batch.reduce((sum, chunk) => sum + chunk.length, 0);
  if (bytesWritten < wanted)
    await writeAll(file, [Buffer.concat(batch).subarray(bytesWritten)], position + bytesWritten);
}

function rethrow(error: unknown): never {
  throw contentFileError(error);
}

function lostBytes({ content }: Ingest, { wanted, found }: { readonly wanted: number; readonly found: number }) {
  return new TdockError("internal", `ingest ${content.ref} has ${found} bytes instead of ${wanted}`);
}
