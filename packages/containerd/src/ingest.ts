import { isError, TdockError } from "@tdock/errors/error";
import {
  Content as Service,
  WriteAction,
  type WriteContentRequestSchema,
  type WriteContentResponseSchema,
} from "./gen/content_pb.ts";
import type { Labels } from "./labels.ts";
import type { CallOptions, DuplexCall, Rpc } from "./rpc.ts";

/** What is going to be written. */
export interface NewContent {
  /** Name of the ingest: whoever comes back with it finds what had arrived. */
  readonly ref: string;
  /** `sha256:…`; without it any content is taken. */
  readonly digest?: string;
  /** Total bytes; checked on commit. Absent when it is not known. */
  readonly size?: number;
}

/** A session of containerd's Write: the ingest is locked while it is open. */
export type WriteSession = DuplexCall<typeof WriteContentRequestSchema, typeof WriteContentResponseSchema>;

/** What the two ways of writing need: sessions are opened one after another, never two at once. */
export interface Ingest {
  readonly content: NewContent;
  readonly session: WriteSession;
  /** Bytes that were there. */
  readonly offset: number;
  /** Opens another session after the first; undefined when the content is there by now. */
  reopen(): Promise<Ingest | undefined>;
}

/**
 * Opens a session of an ingest; undefined when content of this digest is already there. `conflict` with the reason
 * `ref-locked` while another session has the same `ref`.
 */
export async function openIngest(rpc: Rpc, content: NewContent, options?: CallOptions): Promise<Ingest | undefined> {
  const { ref, digest: expected = "", size = 0 } = content;
  const session = rpc.duplex(Service.method.write, options);
  await session.send({ action: WriteAction.STAT, ref, expected, total: BigInt(size) });
  try {
    const { offset } = await session.receive();
    return { content, session, offset: Number(offset), reopen: () => openIngest(rpc, content, options) };
  } catch (error) {
    if (isError(error, "conflict", "already-exists")) return undefined;
    throw isLocked(error) ? new TdockError("conflict", `${ref} is being written already`, locked(error)) : error;
  }
}

/** Turns an ingest of `offset` bytes into content. That the content is there already is no error. */
export async function commitIngest({ session, content }: Ingest, offset: number, labels?: Labels): Promise<void> {
  const { digest: expected = "", size = offset } = content;
  const request = { action: WriteAction.COMMIT, offset: BigInt(offset), total: BigInt(size), expected };
  await session.send({ ...request, labels: { ...labels } });
  try {
    await session.receive();
  } catch (error) {
    if (isError(error, "conflict", "already-exists")) return;
    if (!isError(error, "invalid-argument", "failed-precondition")) throw error;
    throw new TdockError("invalid-argument", error.message, { cause: error, reason: "content-mismatch" });
  }
}

/** containerd says UNAVAILABLE of a ref that is locked; a connection that is lost has a reason of its own. */
function isLocked(error: unknown): boolean {
  return error instanceof TdockError && error.code === "unavailable" && error.reason === undefined;
}

function locked(cause: unknown) {
  return { cause, reason: "ref-locked" };
}
