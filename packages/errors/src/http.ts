import type { ErrorCode } from "./error.ts";

/** Error code to HTTP status, as Docker's daemon/server/httpstatus. */
export const httpStatus: Readonly<Record<ErrorCode, number>> = {
  "invalid-argument": 400,
  unauthorized: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "not-modified": 304,
  canceled: 499,
  unavailable: 503,
  "not-implemented": 501,
  internal: 500,
};

const codes = new Map<number, ErrorCode>(
  Object.entries(httpStatus).map(([code, status]) => [status, code as ErrorCode]),
);

/** HTTP status to error code; an unlisted 4xx is `invalid-argument`, anything else `internal`. */
export function codeFromHttpStatus(status: number): ErrorCode {
  return codes.get(status) ?? (status >= 400 && status < 500 ? "invalid-argument" : "internal");
}
