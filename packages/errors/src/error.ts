/** The ten classes of failure. Every error that crosses a package border has one. */
export type ErrorCode =
  | "invalid-argument"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "not-modified"
  | "canceled"
  | "unavailable"
  | "not-implemented"
  | "internal";

export interface ErrorOptions {
  readonly cause?: unknown;
  /** Tells apart causes that share a code, e.g. `command-not-found`. Programs read this, never the message. */
  readonly reason?: string;
}

/**
 * The only error class of tdock. Message: lower case, no full stop, what was wanted and the value that failed;
 * Docker's exact words where a Docker client reads them.
 */
export class TdockError extends Error {
  readonly code: ErrorCode;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TdockError";
    this.code = code;
    this.reason = options.reason;
  }

  /**
   * Anything that was caught, as a TdockError: itself if it is one; `canceled` for an abort;
   * `not-found`, `forbidden`, `unavailable` for the system errors that mean just that; else `internal`.
   */
  static from(thrown: unknown): TdockError {
    if (thrown instanceof TdockError) return thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const code = codeOfSystemError(error);
    return new TdockError(code, error.message, { cause: error });
  }
}

/** Whether `thrown` is a TdockError of this code (and reason, when one is named). */
export function isError(thrown: unknown, code: ErrorCode, reason?: string): thrown is TdockError {
  return thrown instanceof TdockError && thrown.code === code && (reason === undefined || thrown.reason === reason);
}

const systemCodes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "not-found",
  EACCES: "forbidden",
  EPERM: "forbidden",
  ECONNREFUSED: "unavailable",
  ECONNRESET: "unavailable",
  EPIPE: "unavailable",
  ETIMEDOUT: "unavailable",
  ABORT_ERR: "canceled",
};

function codeOfSystemError(error: Error): ErrorCode {
  if (error.name === "AbortError") return "canceled";
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" && Object.hasOwn(systemCodes, code) ? (systemCodes[code] as ErrorCode) : "internal";
}
