import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from "node:http2";
import { TdockError } from "@tdock/errors/error";
import { errorFromStatus } from "./grpc-status.ts";

/** How a call may end before its answer: both limits are the caller's. */
export interface CallLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the call fails with `unavailable`, reason `timeout`. None when absent. */
  readonly timeoutMs?: number | undefined;
  /** Whether FAILED_PRECONDITION speaks of a state of the thing asked for, and so is a `conflict`. */
  readonly preconditionIsConflict?: boolean | undefined;
}

/**
 * Watches a request until it closes. The returned function tells, once the stream has closed, how the call ended:
 * undefined for OK, else the error. `canceled` when the signal fired, `unavailable` with the reason `timeout` or
 * `disconnected` when no answer came, else the code of the server's status.
 */
export function watchCall(stream: ClientHttp2Stream, limits: CallLimits): () => TdockError | undefined {
  let given: TdockError | undefined;
  let status: IncomingHttpHeaders | undefined;
  let broken: Error | undefined;

  const giveUp = (error: TdockError): void => {
    given ??= error;
    stream.close(constants.NGHTTP2_CANCEL);
  };
  const unlimit = limit(limits, giveUp);
  stream.on("response", (headers) => {
    if (headers["grpc-status"] !== undefined) status = headers;
    else if (headers[":status"] !== 200)
      giveUp(new TdockError("internal", `HTTP ${headers[":status"]} to a gRPC call`));
  });
  stream.on("trailers", (headers) => {
    status = headers;
  });
  stream.on("error", (error) => {
    broken = error;
  });
  stream.once("close", unlimit);

  return () => {
    if (status === undefined) return given ?? disconnected(broken);
    const number = Number(status["grpc-status"]);
    if (number === 0) return undefined;
    return (
      given ?? errorFromStatus(number, String(status["grpc-message"] ?? ""), limits.preconditionIsConflict ?? false)
    );
  };
}

function limit({ signal, timeoutMs }: CallLimits, giveUp: (error: TdockError) => void): () => void {
  const onAbort = (): void => giveUp(new TdockError("canceled", "call was canceled", { cause: signal?.reason }));
  const onTimeout = (): void =>
    giveUp(new TdockError("unavailable", `no answer within ${timeoutMs} ms`, { reason: "timeout" }));
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
}

function disconnected(cause: Error | undefined): TdockError {
  const detail = cause === undefined ? "closed without a status" : cause.message;
  return new TdockError("unavailable", `connection lost: ${detail}`, { cause, reason: "disconnected" });
}
