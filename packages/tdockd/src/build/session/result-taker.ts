import { TdockError } from "@tdock/errors/error";
import type { BuildEngine } from "../build-engine.ts";
import type { BuildRequest } from "../build-request.ts";
import type { ClientSession } from "./client-session.ts";

/**
 * The client that the result goes to; none when it stays here. Throws `invalid-argument` when the client has to take it
 * and does not.
 */
export async function resultTaker(
  { builds }: Pick<BuildEngine, "builds">,
  { result, clientSession }: Pick<BuildRequest, "result" | "clientSession">,
  signal: AbortSignal,
): Promise<ClientSession | undefined> {
  if (result === "image" || result === "cache") return undefined;
  const session = await builds.clientSessions.get(clientSession, signal);
  if (session.serves("/moby.filesync.v1.FileSend/DiffCopy")) return session;
  if (result === "image-or-archive") return undefined;
  throw new TdockError("invalid-argument", "the session's client takes no files");
}
