import type { ErrorCode } from "./error.ts";

/** gRPC status number (https://grpc.github.io/grpc/core/md_doc_statuscodes.html) to error code. */
const codeByGrpcStatus: Readonly<Record<number, ErrorCode>> = {
  1: "canceled",
  2: "internal",
  3: "invalid-argument",
  4: "unavailable",
  5: "not-found",
  6: "conflict",
  7: "forbidden",
  8: "unavailable",
  9: "invalid-argument",
  10: "conflict",
  11: "invalid-argument",
  12: "not-implemented",
  13: "internal",
  14: "unavailable",
  15: "internal",
  16: "unauthorized",
};

/**
 * The code of a gRPC status. FAILED_PRECONDITION (9) is a conflict when it speaks of a task's state:
 * the caller, who knows what was asked, says so with `preconditionIsConflict`.
 */
export function codeFromGrpcStatus(status: number, preconditionIsConflict = false): ErrorCode {
  if (status === 9 && preconditionIsConflict) return "conflict";
  return codeByGrpcStatus[status] ?? "internal";
}

/** Error code to gRPC status number, for those who are served over gRPC. */
export const grpcStatus: Readonly<Record<ErrorCode, number>> = {
  "invalid-argument": 3,
  unauthorized: 16,
  forbidden: 7,
  "not-found": 5,
  conflict: 6,
  "not-modified": 0,
  canceled: 1,
  unavailable: 14,
  "not-implemented": 12,
  internal: 13,
};
