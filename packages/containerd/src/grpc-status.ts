import { TdockError } from "@tdock/errors/error";
import { codeFromGrpcStatus } from "@tdock/errors/grpc";
import { meaningOf } from "./runc-error.ts";

const unknown = 2;
const internal = 13;

/** The statuses that get a `reason`, because callers act on them and their code is shared with others. */
const reasons: Readonly<Record<number, string>> = {
  4: "timeout",
  6: "already-exists",
  9: "failed-precondition",
  11: "out-of-range",
};

/**
 * A gRPC status other than OK as an error. `message` is percent-encoded, as in the trailer `grpc-message`.
 * The reason is `timeout`, `already-exists`, `failed-precondition` or `out-of-range` where the status says so; where
 * it says nothing, code and reason are those of the text ({@link meaningOf}).
 */
export function errorFromStatus(status: number, message: string, preconditionIsConflict: boolean): TdockError {
  const text = decodeMessage(message);
  const meaning = status === unknown || status === internal ? meaningOf(text) : undefined;
  const code = meaning?.code ?? codeFromGrpcStatus(status, preconditionIsConflict);
  const reason = meaning?.reason ?? reasons[status];
  return new TdockError(code, text, reason === undefined ? {} : { reason });
}

function decodeMessage(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
