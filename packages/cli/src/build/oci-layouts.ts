import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageInspect, imageList, imageLoad, imageRemove } from "@tdock/api/images";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { isError, TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import { writeTar } from "../context/write-tar.ts";
import { splitPair } from "../flags/pairs.ts";

const scheme = "oci-layout://";

/** The values of `--build-context`, in which images that the engine has stand for layouts. */
export interface LoadedLayouts extends AsyncDisposable {
  readonly pairs: readonly string[];
}

/**
 * Brings the images of OCI layouts (`oci-layout://FOLDER[:TAG][@DIGEST]`) to the engine, under no name. Disposing of
 * them removes those that were not there before and have not got a name since. Throws `not-found`, `invalid-argument`.
 */
export async function loadLayouts(cli: Cli, pairs: readonly string[]): Promise<LoadedLayouts> {
  const loaded = new Set<string>();
  if (!pairs.some((pair) => splitPair(pair)[1]?.startsWith(scheme))) return disposable(cli, pairs, loaded);
  const before = new Set((await call(cli.client, imageList, { all: true })).map(({ Id }) => Id));
  const changed: string[] = [];
  for (const pair of pairs) {
    const [name, value = ""] = splitPair(pair);
    if (!value.startsWith(scheme)) {
      changed.push(pair);
      continue;
    }
    const id = await loadLayout(cli, pair, value.slice(scheme.length));
    if (!before.has(id)) loaded.add(id);
    changed.push(`${name}=docker-image://${id}`);
  }
  return disposable(cli, changed, loaded);
}

function disposable(cli: Cli, pairs: readonly string[], loaded: ReadonlySet<string>): LoadedLayouts {
  return {
    pairs,
    async [Symbol.asyncDispose]() {
      for (const id of loaded) await removeUnnamed(cli, id);
    },
  };
}

async function removeUnnamed({ client }: Cli, name: string): Promise<void> {
  try {
    const { RepoTags } = await call(client, imageInspect, { name });
    if (RepoTags === undefined || RepoTags.length === 0) await call(client, imageRemove, { name });
  } catch (thrown) {
    if (!isError(thrown, "not-found") && !isError(thrown, "conflict")) throw thrown; // gone, or in use by now
  }
}

/** Sends the layout with an index that names the wanted image alone, and not by a name. */
async function loadLayout({ client }: Cli, pair: string, text: string): Promise<string> {
  const [, folder = "", tag, digest] = /^(.*?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/s.exec(text) ?? [];
  const wanted = chosen(readIndex(pair, folder), tag, digest);
  if (wanted === undefined) {
    throw new TdockError("not-found", `--build-context ${pair}: no image ${digest ?? tag ?? "latest"} in the layout`);
  }
  const scratch = mkdtempSync(join(tmpdir(), "tdock-layout-"));
  try {
    const { annotations: _, ...manifest } = wanted;
    writeFileSync(join(scratch, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
    const names = [`--directory=${folder}`, "oci-layout", "blobs", `--directory=${scratch}`, "index.json"];
    const archive = writeTar(names);
    const stream = await openStream(client, imageLoad, { body: archive.bytes, quiet: true });
    const id = await loadedId(decodeJsonLines<LoadMessage>(stream), pair);
    await archive.size();
    return id;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

interface LoadMessage {
  readonly stream?: string;
  readonly error?: string;
}

async function loadedId(messages: AsyncIterable<LoadMessage>, pair: string): Promise<string> {
  let id: string | undefined;
  for await (const { stream = "", error } of messages) {
    if (error !== undefined) throw new TdockError("invalid-argument", `--build-context ${pair}: ${error}`);
    id = /^Loaded image ID: (sha256:[0-9a-f]{64})/.exec(stream)?.[1] ?? id;
  }
  if (id === undefined) throw new TdockError("internal", `--build-context ${pair}: the engine names no image`);
  return id;
}

interface LayoutEntry {
  readonly digest?: unknown;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

function readIndex(pair: string, folder: string): readonly LayoutEntry[] {
  let text: string;
  try {
    text = readFileSync(join(folder, "index.json"), "utf8");
  } catch (cause) {
    throw new TdockError("not-found", `--build-context ${pair}: ${folder} is no OCI layout`, { cause });
  }
  try {
    const { manifests } = JSON.parse(text) as { manifests?: unknown };
    if (Array.isArray(manifests)) return manifests as LayoutEntry[];
  } catch {
    // told below
  }
  throw new TdockError("invalid-argument", `--build-context ${pair}: the layout's index.json cannot be read`);
}

/** Without a tag it is `latest`, or the only one. */
function chosen(entries: readonly LayoutEntry[], tag = "latest", digest?: string): LayoutEntry | undefined {
  if (digest !== undefined) return entries.find((one) => one.digest === digest);
  const named = entries.find(({ annotations }) => {
    const name = String(annotations?.["org.opencontainers.image.ref.name"] ?? "");
    return name === tag || name.endsWith(`:${tag}`);
  });
  return named ?? (tag === "latest" && entries.length === 1 ? entries[0] : undefined);
}
