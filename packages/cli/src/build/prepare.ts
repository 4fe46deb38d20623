import { buildPrepare, contextFiles, contextList } from "@tdock/api/build";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import type { ListedFolder } from "../context/list-folder.ts";
import type { AdditionalFolder } from "./additional-contexts.ts";
import type { FoundContext } from "./find-context.ts";

/** What a build is made from on this machine. */
export interface BuildSources {
  readonly context: FoundContext;
  readonly folders: ReadonlyMap<string, AdditionalFolder>;
  /** ID -> base64. */
  readonly secrets: Readonly<Record<string, string>>;
  /** IDs of the agents that are forwarded. */
  readonly agents: readonly string[];
}

export interface Prepared {
  readonly id: string;
  /** What the engine lacks of the context: the body of the build. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Tells the engine what there is to build from, and sends what it lacks of additional folders. */
export async function prepare(cli: Cli, sources: BuildSources): Promise<Prepared> {
  const { context, folders, secrets, agents } = sources;
  const contexts = Object.fromEntries([...folders].map(([name, folder]) => [name, announcement(folder)]));
  const listed = context.kind === "folder" ? context.listed : undefined;
  const body = {
    secrets,
    contexts,
    agents: [...agents],
    ...(context.kind === "folder" && { context: announcement(context) }),
  };
  const { id, wantsListing, wantsListingOf } = await call(cli.client, buildPrepare, { body });
  for (const [name, folder] of folders) {
    const missing = wantsListingOf.includes(name) ? await missingOf(cli, id, folder.listed, name) : [];
    await call(cli.client, contextFiles, { id, name, body: await packed(folder.listed, missing) });
  }
  if (context.kind === "stdin") return { id, body: context.body };
  const missing = listed !== undefined && wantsListing ? await missingOf(cli, id, listed) : [];
  return { id, body: await packed(listed, missing) };
}

function announcement({ name, listed: { digest, listedAt } }: AdditionalFolder) {
  return { name, digest, listedAt };
}

async function missingOf(
  { client }: Cli,
  id: string,
  { text }: ListedFolder,
  name?: string,
): Promise<readonly number[]> {
  const body = bytesBody(text);
  return (await call(client, contextList, { id, body, ...(name !== undefined && { name }) })).missing;
}

/** What packs files is loaded only when there are some: most builds send nothing. */
async function packed(
  listed: ListedFolder | undefined,
  missing: readonly number[],
): Promise<AsyncIterable<Uint8Array>> {
  if (listed === undefined || missing.length === 0) return bytesBody(Buffer.alloc(0));
  return (await import("../context/pack-files.ts")).packFiles(listed, missing);
}

async function* bytesBody(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
