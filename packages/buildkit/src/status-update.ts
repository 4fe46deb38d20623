import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type StatusResponse, StatusResponseSchema } from "./gen/control_pb.ts";

/** One line of work. Sent whole whenever something about it changes. Times in milliseconds since 1970. */
export interface VertexUpdate {
  /** `sha256:` and 64 hex digits: tells vertices apart. */
  readonly digest: string;
  readonly name: string;
  readonly startedMs: number;
  readonly completedMs?: number | undefined;
  readonly cached?: boolean;
  readonly error?: string | undefined;
}

/** How far a transfer within a vertex has come; `total` 0 when unknown. */
export interface TransferUpdate {
  readonly vertex: string;
  /** Updates of one ID are one line of a display. */
  readonly id: string;
  readonly name: string;
  readonly current: number;
  readonly total: number;
  readonly startedMs: number;
  readonly atMs: number;
  readonly completedMs?: number | undefined;
}

/** Output of a vertex. */
export interface LogUpdate {
  readonly vertex: string;
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

/** What BuildKit's clients are told of a build while it goes on. */
export interface StatusUpdate {
  readonly vertexes?: readonly VertexUpdate[];
  readonly transfers?: readonly TransferUpdate[];
  readonly logs?: readonly LogUpdate[];
  readonly warnings?: readonly { readonly vertex: string; readonly text: string }[];
}

const stdout = 1n;

/** An update as the message that carries it. */
export function toStatusResponse({ vertexes, transfers, logs, warnings }: StatusUpdate): StatusResponse {
  return create(StatusResponseSchema, {
    vertexes: vertexes?.map(({ digest, name, startedMs, completedMs, cached = false, error = "" }) => ({
      digest,
      name,
      cached,
      error,
      started: timestampFromMs(startedMs),
      completed: timeOf(completedMs),
    })),
    statuses: transfers?.map(({ vertex, id, name, current, total, startedMs, atMs, completedMs }) => ({
      ID: id,
      vertex,
      name,
      current: BigInt(current),
      total: BigInt(total),
      timestamp: timestampFromMs(atMs),
      started: timestampFromMs(startedMs),
      completed: timeOf(completedMs),
    })),
    logs: logs?.map(({ vertex, atMs, bytes }) => ({
      vertex,
      timestamp: timestampFromMs(atMs),
      stream: stdout,
      msg: bytes,
    })),
    warnings: warnings?.map(({ vertex, text }) => ({ vertex, level: 1n, short: Buffer.from(text) })),
  });
}

/** The same on the wire. */
export function encodeStatus(update: StatusUpdate): Uint8Array {
  return toBinary(StatusResponseSchema, toStatusResponse(update));
}

function timeOf(ms: number | undefined) {
  return ms === undefined ? undefined : timestampFromMs(ms);
}
