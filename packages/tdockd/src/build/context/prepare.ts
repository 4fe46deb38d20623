import type { buildPrepare, contextList, MissingFiles, PreparedBuild } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { BuildEngine } from "../build-engine.ts";

/** A listing of a million files is about this long. */
const limitBytes = 256 * 1024 * 1024;

/** Takes what a client has for its build before the build itself. */
export async function prepareBuild(
  { builds }: Pick<BuildEngine, "builds">,
  { body: { context: announced, secrets = {}, agents = [] } }: Input<typeof buildPrepare>,
): Promise<PreparedBuild> {
  const context = announced === undefined ? undefined : await builds.contexts.open(announced);
  const bytes = Object.entries(secrets).map(([id, text]) => [id, Buffer.from(text, "base64")] as const);
  const id = builds.sessions.add({ context, secrets: new Map(bytes), agents: new Set(agents) });
  return { id, wantsListing: context?.wantsListing ?? false };
}

/** Answers a context's listing with the numbers of the files that have to be sent. Throws `invalid-argument`. */
export async function listContext(
  { builds }: Pick<BuildEngine, "builds">,
  { id, body }: Input<typeof contextList>,
): Promise<MissingFiles> {
  const { context } = builds.sessions.get(id);
  if (context === undefined) throw new TdockError("invalid-argument", "the build has no context that could be listed");
  return { missing: context.list(await readAll(body)) };
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limitBytes) throw new TdockError("invalid-argument", `a listing is at most ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString("utf8");
}
