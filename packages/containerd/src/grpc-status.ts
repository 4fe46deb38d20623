import { TdockError } from "@tdock/errors/error";
import { codeFromGrpcStatus } from "@tdock/errors/grpc";

/** The statuses that get a `reason`, because callers act on them and their code is shared with others. */
const reasons: Readonly<Record<number, string>> = {
  4: "timeout",
  6: "already-exists",
  9: "failed-precondition",
  11: "out-of-range",
};

/**
 * A gRPC status other than OK as an error. `message` is percent-encoded, as in the trailer `grpc-message`.
 * The reason is `timeout`, `already-exists`, `failed-precondition` or `out-of-range` where the status says so.
 */
export function errorFromStatus(status: number, message: string, preconditionIsConflict: boolean): TdockError {
  const reason = reasons[status];
  const code = codeFromGrpcStatus(status, preconditionIsConflict);
  return new TdockError(code, decodeMessage(message), reason === undefined ? {} : { reason });
}

function decodeMessage(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
