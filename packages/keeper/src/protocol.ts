import { type ErrorCode, TdockError } from "@tdock/errors/error";

/** A container's output, or with `execId` that of one process that was started in it. */
export interface OutputKey {
  readonly id: string;
  readonly execId?: string;
}

/**
 * Where and how output is kept. `local`: framed records; `json-file`: Docker's JSON lines; `none`: only attached
 * readers see it. `path` is the newest file (absolute); older ones are `path.1`, `path.2`… `options`: `max-size`
 * and `max-file` as Docker spells them. `attributes` are what `logs --details` shows.
 */
export interface LogTarget {
  readonly driver: LogDriver;
  readonly path: string;
  readonly options: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
}

export type LogDriver = "local" | "json-file" | "none";

/** What to open before the task is created. FIFOs are made where they do not exist (0600, their folder 0700). */
export interface OpenRequest extends OutputKey {
  readonly stdinPath?: string;
  readonly stdoutPath: string;
  /** Absent with a terminal: all output is stdout. */
  readonly stderrPath?: string;
  readonly log: LogTarget;
}

export interface ForgetRequest extends OutputKey {
  /** How long to wait for a writer that outlived the container's process. Default 3000. */
  readonly drainMs?: number;
}

/** Seconds since 1970 and nanoseconds within the second. */
export interface Instant {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** Live output from now on. A reader that lags makes the container wait, as a pipe would. */
export interface AttachRequest extends OutputKey {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Bare bytes (terminal) instead of Docker's 8-byte frames. */
  readonly raw: boolean;
  /** Send first what the log holds. */
  readonly replay?: boolean;
}

/** What the log holds, and with `follow` what is added until the output is forgotten. Never slows the container. */
export interface LogsRequest extends OutputKey {
  readonly log: LogTarget;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly raw: boolean;
  readonly follow?: boolean;
  readonly since?: Instant;
  readonly until?: Instant;
  /** Number of lines from the end; absent: all. */
  readonly tail?: number;
  readonly timestamps?: boolean;
  readonly details?: boolean;
  /** Each line is a frame of its own, as Docker's; else neighbouring lines may share one. */
  readonly framedLines?: boolean;
}

export interface RemoveRequest {
  readonly log: LogTarget;
}

/** One output the keeper holds, as `list` tells it. */
export interface HeldRecord extends OpenRequest {
  /** `started` was called: the writer is the shim alone. */
  readonly started: boolean;
  /** Every writer has closed its end. */
  readonly ended: boolean;
  /** Bytes that could not be written to the log (disk full), since the keeper's start. */
  readonly droppedBytes: number;
}

/** The calls on the control connection: name -> argument and result. */
export interface Calls {
  readonly open: { readonly argument: OpenRequest; readonly result: null };
  readonly started: { readonly argument: OutputKey; readonly result: null };
  readonly forget: { readonly argument: ForgetRequest; readonly result: null };
  readonly remove: { readonly argument: RemoveRequest; readonly result: null };
  readonly list: { readonly argument: null; readonly result: readonly HeldRecord[] };
  /** These two turn their connection into the stream, right after the answer's line. */
  readonly attach: { readonly argument: AttachRequest; readonly result: null };
  readonly logs: { readonly argument: LogsRequest; readonly result: null };
}

export type CallName = keyof Calls;

/** One line of JSON each way; answers carry the question's number. */
export interface Question<Name extends CallName = CallName> {
  readonly number: number;
  readonly call: Name;
  readonly argument: Calls[Name]["argument"];
}

export type Answer =
  | { readonly number: number; readonly result: unknown }
  | { readonly number: number; readonly error: WireError };

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly reason?: string;
}

export function encodeError(thrown: unknown): WireError {
  const { code, message, reason } = TdockError.from(thrown);
  return reason === undefined ? { code, message } : { code, message, reason };
}

export function decodeError(error: WireError): TdockError {
  return new TdockError(error.code, error.message, error.reason === undefined ? {} : { reason: error.reason });
}

/** One word for a key: its map entry and its file name. */
export function nameOf({ id, execId }: OutputKey): string {
  return execId === undefined ? id : `${id}.${execId}`;
}
