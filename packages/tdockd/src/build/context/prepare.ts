import type {
  buildAgent,
  buildPrepare,
  contextFiles,
  contextList,
  MissingFiles,
  PreparedBuild,
} from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import type { Upgrade } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { BuildEngine } from "../build-engine.ts";
import { AgentLines } from "./agent-lines.ts";
import type { AdditionalContext, BuildSession } from "./build-sessions.ts";

/** A listing of a million files is about this long. */
const limitBytes = 256 * 1024 * 1024;

/** Takes what a client has for its build before the build itself. */
export async function prepareBuild(
  { builds }: Pick<BuildEngine, "builds">,
  { body: { context: announced, contexts = {}, secrets = {}, agents = [] } }: Input<typeof buildPrepare>,
): Promise<PreparedBuild> {
  const context = announced === undefined ? undefined : await builds.contexts.open(announced);
  const additional = new Map<string, AdditionalContext>();
  for (const [name, one] of Object.entries(contexts)) additional.set(name, { open: await builds.contexts.open(one) });
  const bytes = Object.entries(secrets).map(([id, text]) => [id, Buffer.from(text, "base64")] as const);
  const lines = new Map(agents.map((id) => [id, new AgentLines()]));
  const id = builds.sessions.add({ context, contexts: additional, secrets: new Map(bytes), agents: lines });
  const unknown = [...additional].filter(([, { open }]) => open.wantsListing);
  return { id, wantsListing: context?.wantsListing ?? false, wantsListingOf: unknown.map(([name]) => name) };
}

/** Answers a context's listing with the numbers of the files that have to be sent. Throws `invalid-argument`. */
export async function listContext(
  { builds }: Pick<BuildEngine, "builds">,
  { id, name, body }: Input<typeof contextList>,
): Promise<MissingFiles> {
  const session = builds.sessions.get(id);
  const context = name === undefined ? session.context : additionalContext(session, name).open;
  if (context === undefined) throw new TdockError("invalid-argument", "the build has no context that could be listed");
  return { missing: context.list(await readAll(body)) };
}

/** Takes the files that an additional context lacks. Throws `invalid-argument` when some are still missing. */
export async function completeContext(
  { builds }: Pick<BuildEngine, "builds">,
  { id, name = "", body }: Input<typeof contextFiles>,
  signal: AbortSignal,
): Promise<void> {
  const context = additionalContext(builds.sessions.get(id), name);
  context.loaded = await context.open.complete(body, signal);
}

/** Takes a connection to an agent of the client. Throws `not-found`. */
export function openAgentLine(
  { builds }: Pick<BuildEngine, "builds">,
  { id, agent = "" }: Input<typeof buildAgent>,
  connection: Upgrade,
): void {
  const lines = builds.sessions.agent(id, agent);
  lines.add(connection.accept(false));
}

function additionalContext({ contexts }: BuildSession, name: string): AdditionalContext {
  const context = contexts.get(name);
  if (context !== undefined) return context;
  throw new TdockError("invalid-argument", `the build has no additional context ${name}`);
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limitBytes) throw new TdockError("invalid-argument", `a listing is at most ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
