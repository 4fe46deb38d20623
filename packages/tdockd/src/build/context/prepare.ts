import type { ContextListing, contextPrepare, PreparedContext } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { BuildEngine } from "../build-engine.ts";

/** A listing of a million files is about this long. */
const limitBytes = 256 * 1024 * 1024;

/**
 * Takes what a client has for its build before the build itself, and answers with the indexes of the files that have
 * to be sent. Throws `invalid-argument`.
 */
export async function prepareContext(
  { builds }: Pick<BuildEngine, "builds">,
  { body }: Input<typeof contextPrepare>,
): Promise<PreparedContext> {
  const { name, entries, secrets = {}, agents = [] } = parseListing(await readAll(body));
  const context = entries === undefined ? undefined : await builds.contexts.list(name, entries);
  const bytes = Object.entries(secrets).map(([id, text]) => [id, Buffer.from(text, "base64")] as const);
  const id = builds.sessions.add({ context, secrets: new Map(bytes), agents: new Set(agents) });
  return { id, missing: [...(context?.missing ?? [])] };
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

function parseListing(text: string): ContextListing {
  const { name, entries, secrets, agents } = (parseJson(text) ?? {}) as Record<string, unknown>;
  if (typeof name !== "string") throw malformed("a name is wanted");
  if (entries !== undefined && !Array.isArray(entries)) throw malformed("entries is a list");
  for (const entry of entries ?? []) checkEntry(entry);
  if (secrets !== undefined && !isTexts(Object.values(secrets ?? {}))) throw malformed("secrets is a map of texts");
  if (agents !== undefined && !(Array.isArray(agents) && isTexts(agents))) throw malformed("agents is a list of texts");
  return { name, entries, secrets, agents } as ContextListing;
}

function isTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "string");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("it is not JSON");
  }
}

/** By hand: a schema takes longer for a hundred thousand of them than all the rest. */
function checkEntry(entry: unknown): void {
  const [path, kind, mode, mtime, content, stamp] = Array.isArray(entry) ? (entry as unknown[]) : [];
  const isContent = kind === "f" ? isCount(content) : kind === "l" ? typeof content === "string" : kind === "d";
  const isTime = typeof mtime === "number" && Number.isFinite(mtime);
  if (typeof path === "string" && isCount(mode) && isTime && isContent && typeof stamp === "string") return;
  throw malformed(`an entry is ${JSON.stringify(entry)?.slice(0, 200)}`);
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function malformed(why: string): TdockError {
  return new TdockError("invalid-argument", `not a listing of a build context: ${why}`);
}
