import { isError, TdockError } from "@tdock/errors/error";
import { codeFromHttpStatus } from "@tdock/errors/http";
import type { EngineHost } from "./host.ts";

/**
 * The error that a reply with this body stands for, with the prefix that users of Docker know. The reason of tdockd's
 * error travels beside the message; other engines send none.
 */
export function replyError(reply: Pick<Response, "status" | "statusText">, body: string): TdockError {
  const { message: said, reason } = parseError(body);
  const fallback = `${reply.status} ${reply.statusText}`.trim();
  return new TdockError(
    codeFromHttpStatus(reply.status),
    `Error response from daemon: ${said || fallback}`,
    reason === undefined ? {} : { reason },
  );
}

function parseError(text: string): { message: string; reason?: string } {
  try {
    const { message, reason } = JSON.parse(text) as Record<string, unknown>;
    return { message: String(message ?? ""), ...(typeof reason === "string" && { reason }) };
  } catch {
    return { message: text.trim() };
  }
}

/** The error for a request that never got a reply. */
export function connectError(host: EngineHost, thrown: unknown): TdockError {
  const error = thrown as NodeJS.ErrnoException;
  switch (error.code) {
    case "ENOENT":
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
      return new TdockError("unavailable", `Cannot connect to the tdock daemon at ${host.url}. Is tdockd running?`, {
        cause: error,
        reason: "no-engine",
      });
    case "EACCES":
    case "EPERM":
      return new TdockError(
        "forbidden",
        `permission denied while trying to connect to the tdock daemon socket at ${host.url}`,
        { cause: error, reason: "no-engine" },
      );
    case "ECONNRESET":
    case "EPIPE":
      return new TdockError("unavailable", `error during connect: the daemon at ${host.url} closed the connection`, {
        cause: error,
      });
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return distrust(host, "its certificate is for another name", error);
    default:
      // As OpenSSL calls what a certificate is refused for: `DEPTH_ZERO_SELF_SIGNED_CERT`, `CERT_HAS_EXPIRED`...
      return /CERT|ISSUER/.test(String(error.code)) ? distrust(host, error.message, error) : TdockError.from(error);
  }
}

function distrust({ url }: EngineHost, why: string, cause: Error): TdockError {
  return new TdockError("unavailable", `error during connect: the daemon at ${url} is not to be trusted: ${why}`, {
    cause,
  });
}

/** Whether there is no engine to talk to, as against an engine that refuses. */
export function isNoEngine(thrown: unknown): boolean {
  return isError(thrown, "unavailable", "no-engine") || isError(thrown, "forbidden", "no-engine");
}
