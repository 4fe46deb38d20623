import { TdockError } from "@tdock/errors/error";
import { type ContentWriter, type NewContent, openContentWriter } from "./content-writer.ts";
import { type Info as InfoMessage, Content as Service, type Status as StatusMessage } from "./gen/content_pb.ts";
import { type LabelChanges, type Labels, labelUpdate } from "./labels.ts";
import { present } from "./present.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import { dateOf } from "./timestamp.ts";

/** A blob of the content store. */
export interface ContentRecord {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly labels: Labels;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** Content that is being written, or was and may be gone on with. */
export interface IngestStatus {
  readonly ref: string;
  /** Bytes that are there. */
  readonly offset: number;
  /** Bytes that were announced, 0 when none were. */
  readonly total: number;
  /** The digest that was announced, "" when none was. */
  readonly expected: string;
  readonly startedAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** A part of a blob; the whole by default. */
export interface ContentRange {
  readonly offset?: number;
  /** Bytes; up to the end when absent. */
  readonly size?: number;
}

/** containerd's content store (`services/content/v1`). Unknown digests and refs are `not-found`. */
export interface Content {
  /** `undefined` when it is not there. */
  find(digest: string, options?: CallOptions): Promise<ContentRecord | undefined>;
  info(digest: string, options?: CallOptions): Promise<ContentRecord>;
  list(filters?: readonly string[], options?: CallOptions): Promise<ContentRecord[]>;
  /**
   * The bytes in pieces of at most 32 KiB. Leaving the loop early ends the call. `invalid-argument` with the reason
   * `out-of-range` for an offset behind the end.
   */
  read(digest: string, range?: ContentRange, options?: CallOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /** The whole blob. `invalid-argument` with the reason `content-too-large` when it is over `limitBytes`. */
  readAll(digest: string, limitBytes: number, options?: CallOptions): Promise<Buffer>;
  /** See {@link openContentWriter}. */
  openWriter(content: NewContent, options?: CallOptions): Promise<ContentWriter | undefined>;
  updateLabels(digest: string, changes: LabelChanges, options?: CallOptions): Promise<ContentRecord>;
  delete(digest: string, options?: CallOptions): Promise<void>;
  /** What has arrived of an ingest. */
  status(ref: string, options?: CallOptions): Promise<IngestStatus>;
  /** All ingests. */
  statuses(filters?: readonly string[], options?: CallOptions): Promise<IngestStatus[]>;
  /** Throws away an ingest. */
  abort(ref: string, options?: CallOptions): Promise<void>;
}

/** The content service of a connection. */
export function createContent(rpc: Rpc): Content {
  const method = Service.method;
  const info: Content["info"] = async (digest, options) =>
    recordOf((await rpc.unary(method.info, { digest }, options)).info);
  const read: Content["read"] = async function* (digest, { offset = 0, size = 0 } = {}, options) {
    const request = { digest, offset: BigInt(offset), size: BigInt(size) };
    for await (const { data } of rpc.serverStream(method.read, request, options)) yield data;
  };

  return {
    info,
    read,
    find: (digest, options) => info(digest, options).catch(undefinedWhenNotFound),
    list: async (filters = [], options) => {
      const records: ContentRecord[] = [];
      const pages = rpc.serverStream(method.list, { filters: [...filters] }, options);
      for await (const page of pages) records.push(...page.info.map(recordOf));
      return records;
    },
    readAll: async (digest, limitBytes, options) => {
      const pieces: Uint8Array[] = [];
      let sizeBytes = 0;
      for await (const piece of read(digest, {}, options)) {
        sizeBytes += piece.length;
        if (sizeBytes > limitBytes) throw tooLarge(digest, limitBytes);
        pieces.push(piece);
      }
      return Buffer.concat(pieces, sizeBytes);
    },
    openWriter: (content, options) => openContentWriter(rpc, content, options),
    updateLabels: async (digest, changes, options) => {
      const { labels, updateMask } = labelUpdate(changes);
      return recordOf((await rpc.unary(method.update, { info: { digest, labels }, updateMask }, options)).info);
    },
    delete: async (digest, options) => {
      await rpc.unary(method.delete, { digest }, options);
    },
    status: async (ref, options) => statusOf((await rpc.unary(method.status, { ref }, options)).status),
    statuses: async (filters = [], options) =>
      (await rpc.unary(method.listStatuses, { filters: [...filters] }, options)).statuses.map(statusOf),
    abort: async (ref, options) => {
      await rpc.unary(method.abort, { ref }, options);
    },
  };
}

function undefinedWhenNotFound(error: unknown): undefined {
  if (error instanceof TdockError && error.code === "not-found") return undefined;
  throw error;
}

function tooLarge(digest: string, limitBytes: number): TdockError {
  return new TdockError("invalid-argument", `${digest} is over ${limitBytes} bytes`, { reason: "content-too-large" });
}

function recordOf(message: InfoMessage | undefined): ContentRecord {
  const { digest, size, labels, createdAt, updatedAt } = present(message, "info");
  return { digest, sizeBytes: Number(size), labels, createdAt: dateOf(createdAt), updatedAt: dateOf(updatedAt) };
}

function statusOf(message: StatusMessage | undefined): IngestStatus {
  const { ref, offset, total, expected, startedAt, updatedAt } = present(message, "status");
  return {
    ref,
    offset: Number(offset),
    total: Number(total),
    expected,
    startedAt: dateOf(startedAt),
    updatedAt: dateOf(updatedAt),
  };
}
