import { isError, TdockError } from "@tdock/errors/error";
import { Content as Service, WriteAction } from "./gen/content_pb.ts";
import type { Labels } from "./labels.ts";
import type { CallOptions, Rpc } from "./rpc.ts";

/** What is going to be written. */
export interface NewContent {
  /** Name of the ingest: whoever comes back with it finds what had arrived. */
  readonly ref: string;
  /** `sha256:…`; without it any content is taken. */
  readonly digest?: string;
  /** Total bytes; checked on commit. Absent when it is not known. */
  readonly size?: number;
}

/** An open ingest. Disposing of it keeps what was written, for another try with the same `ref`. */
export interface ContentWriter extends AsyncDisposable {
  /** Bytes that were sent, with those that were there when it was opened: where to go on. */
  readonly offset: number;
  /** Appends; resolves when the chunk may be reused and there is room for more. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Makes the ingest content, durably. `invalid-argument` with the reason `content-mismatch` when digest or size are
   * not what was announced: the ingest is kept then, to be aborted.
   */
  commit(labels?: Labels): Promise<void>;
}

/** Well below the 16 MiB that containerd takes as one message, and large enough to make the overhead vanish. */
const maxChunkBytes = 1024 * 1024;

/**
 * Opens an ingest, new or kept from an earlier try. Resolves to undefined when content of this digest is already there.
 * `conflict` with the reason `ref-locked` while another writer has the same `ref`.
 */
export async function openContentWriter(
  rpc: Rpc,
  content: NewContent,
  options?: CallOptions,
): Promise<ContentWriter | undefined> {
  const { ref, digest: expected = "", size = 0 } = content;
  const call = rpc.duplex(Service.method.write, options);
  await call.send({ action: WriteAction.STAT, ref, expected, total: BigInt(size) });
  const opened = await call.receive().catch((error) => absentWhenPresent(ref, error));
  if (opened === undefined) return undefined;

  let offset = Number(opened.offset);
  let unanswered: Promise<unknown> | undefined;

  const append = async (data: Uint8Array): Promise<void> => {
    const message = { action: WriteAction.WRITE, offset: BigInt(offset), data };
    offset += data.length;
    const sent = call.send(message);
    // One message ahead of its answer hides the way there and back; more would only fill memory.
    await unanswered;
    unanswered = call.receive();
    unanswered.catch(() => undefined);
    await sent;
  };

  return {
    get offset() {
      return offset;
    },
    write: async (chunk) => {
      for (let start = 0; start < chunk.length; start += maxChunkBytes) {
        await append(chunk.subarray(start, start + maxChunkBytes));
      }
    },
    commit: async (labels) => {
      await unanswered;
      const total = BigInt(size === 0 ? offset : size);
      await call.send({ action: WriteAction.COMMIT, offset: BigInt(offset), total, expected, labels: { ...labels } });
      await call.receive().catch(acceptPresent);
    },
    [Symbol.asyncDispose]: () => call.finish(),
  };
}

function absentWhenPresent(ref: string, error: unknown): undefined {
  if (isError(error, "conflict", "already-exists")) return undefined;
  if (error instanceof TdockError && error.code === "unavailable" && error.reason === undefined) {
    throw new TdockError("conflict", `${ref} is being written already`, { cause: error, reason: "ref-locked" });
  }
  throw error;
}

function acceptPresent(error: unknown): void {
  if (isError(error, "conflict", "already-exists")) return;
  if (isError(error, "invalid-argument", "failed-precondition")) {
    throw new TdockError("invalid-argument", error.message, { cause: error, reason: "content-mismatch" });
  }
  throw error;
}
