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

/** An open ingest, which nobody else can open. Disposing of it keeps what was written, for another try. */
export interface ContentWriter extends AsyncDisposable {
  /**
   * Bytes that were written, with those that were there when it was opened: where to go on. It starts at `size` when
   * another namespace has the content, or had it until just now: then there is only to commit.
   */
  readonly offset: number;
  /** Appends a copy of the chunk; the promise resolves when there is room for more. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Makes the ingest content, durably, verified by containerd. That the content is there already is no error.
   * `invalid-argument` with the reason `content-mismatch` when digest or size are not what was announced: the ingest is
   * kept then, to be aborted. `conflict` with the reason `content-collected` when bytes of another namespace were
   * collected meanwhile: open another writer.
   */
  commit(labels?: Labels): Promise<void>;
}

/** Well below the 16 MiB that containerd takes as one message, and large enough to make the overhead vanish. */
const maxMessageBytes = 1024 * 1024;

/**
 * Opens an ingest, new or kept from an earlier try. Resolves to undefined when this namespace has the content already.
 * `conflict` with the reason `ref-locked` while another writer has the same `ref`.
 */
export async function openContentWriter(
  rpc: Rpc,
  content: NewContent,
  options?: CallOptions,
): Promise<ContentWriter | undefined> {
  const { ref, digest: expected = "", size } = content;
  const session = rpc.duplex(Service.method.write, options);
  await session.send({ action: WriteAction.STAT, ref, expected, total: BigInt(size ?? 0) });
  const opened = await session.receive().catch((error) => undefinedWhenPresent(error, ref));
  if (opened === undefined) return undefined;

  const foundBytes = Number(opened.offset);
  let offset = foundBytes;
  let unanswered: Promise<unknown> | undefined;

  const append = async (data: Uint8Array): Promise<void> => {
    const sent = session.send({ action: WriteAction.WRITE, offset: BigInt(offset), data });
    offset += data.length;
    // One message ahead of its answer hides the way there and back; more would only fill memory.
    await unanswered;
    unanswered = session.receive();
    unanswered.catch(() => undefined);
    await sent;
  };

  return {
    get offset() {
      return offset;
    },
    write: async (chunk) => {
      for (let start = 0; start < chunk.length; start += maxMessageBytes) {
        await append(chunk.subarray(start, start + maxMessageBytes));
      }
    },
    commit: async (labels) => {
      await unanswered;
      const total = BigInt(size ?? offset);
      await session.send({
        action: WriteAction.COMMIT,
        offset: BigInt(offset),
        total,
        expected,
        labels: { ...labels },
      });
      await session.receive().catch(acceptPresent);
      if (foundBytes > 0 && foundBytes === size) await checkPresence(rpc, expected, options);
    },
    [Symbol.asyncDispose]: () => session.finish(),
  };
}

function undefinedWhenPresent(error: unknown, ref: string): undefined {
  if (isError(error, "conflict", "already-exists")) return undefined;
  // containerd says UNAVAILABLE of a ref that is locked; a connection that is lost has a reason of its own.
  if (error instanceof TdockError && error.code === "unavailable" && error.reason === undefined) {
    throw new TdockError("conflict", `${ref} is being written already`, { cause: error, reason: "ref-locked" });
  }
  throw error;
}

function acceptPresent(error: unknown): void {
  if (isError(error, "conflict", "already-exists")) return;
  if (!isError(error, "invalid-argument", "failed-precondition")) throw error;
  throw new TdockError("invalid-argument", error.message, { cause: error, reason: "content-mismatch" });
}

/** containerd commits bytes that were there without looking again, though the collector may just have deleted them. */
async function checkPresence(rpc: Rpc, digest: string, options?: CallOptions): Promise<void> {
  try {
    for await (const _ of rpc.serverStream(Service.method.read, { digest, size: 1n }, options)) break;
  } catch (error) {
    if (!isError(error, "not-found")) throw error;
    await rpc.unary(Service.method.delete, { digest }, options);
    throw new TdockError("conflict", `${digest} was collected`, { cause: error, reason: "content-collected" });
  }
}
