import type { ContextEntry, ContextListing, contextPrepare, PreparedContext } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { BuildEngine } from "../build-engine.ts";

/** A listing of a million files is about this long. */
const limitBytes = 256 * 1024 * 1024;

/** Answers a context's listing with the indexes of the files that have to be sent. Throws `invalid-argument`. */
export async function prepareContext(
  { builds }: Pick<BuildEngine, "builds">,
  { body }: Input<typeof contextPrepare>,
): Promise<PreparedContext> {
  return builds.contexts.prepare(parseListing(await readAll(body)));
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
  const value = parseJson(text);
  const { name, entries } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || name === "" || !Array.isArray(entries))
    throw malformed("name and entries are wanted");
  for (const entry of entries) checkEntry(entry);
  return { name, entries: entries as ContextEntry[] };
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
