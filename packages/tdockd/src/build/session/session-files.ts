import { join } from "node:path";
import { parseIgnoreFile } from "@tdock/api/ignore";
import { transferFiles } from "@tdock/buildkit/file-transfer";
import type { BuildEngine } from "../build-engine.ts";
import type { BuildRequest } from "../build-request.ts";
import type { BuildFiles } from "../context/build-files.ts";
import { contextPatterns, ignoreFile, readContextFile } from "../context/context-files.ts";
import type { ContextLoader } from "../context/load-context.ts";
import type { LoadedContext } from "../context/loaded-context.ts";
import { requireDockerfile, visibleContext } from "../context/visible-context.ts";
import { newBuildName } from "../layer/make-layer.ts";
import type { Vertex } from "../progress/progress.ts";
import type { OpenRun } from "../solve/open-run.ts";
import { once } from "../solve/ref.ts";
import type { ClientSession } from "./client-session.ts";
import { type ListedFiles, readFileList, receiveFiles, type TransferProgress } from "./receive-files.ts";

type Run = ContextLoader & Pick<OpenRun, "keepOpen">;

/** Where a transfer is read for. */
interface Place {
  readonly engine: Pick<BuildEngine, "builds" | "now">;
  readonly run: Run;
  readonly session: ClientSession;
}

/**
 * Asks a BuildKit client for its Dockerfile and its ignore file; for the context when the first step needs it.
 * Throws `invalid-argument` when there is no Dockerfile.
 */
export async function sessionFiles(
  engine: BuildEngine,
  run: Run,
  { clientSession, dockerfile: path }: Pick<BuildRequest, "clientSession" | "dockerfile">,
): Promise<BuildFiles> {
  const place = { engine, run, session: await engine.builds.clientSessions.get(clientSession, run.signal) };
  const paths = [path, ignoreFile(path), path.toLowerCase()];
  const texts = await run.progress.run(`[internal] load build definition from ${path}`, undefined, async (vertex) => {
    const tree = await (await receiveOnce(place, "dockerfile", paths, vertex)).tree();
    // As BuildKit takes a `dockerfile` where a `Dockerfile` was wanted.
    const text = (await readContextFile(tree, path)) ?? (await readContextFile(tree, path.toLowerCase()));
    return { dockerfile: requireDockerfile(text, path), tree };
  });
  const patterns = await run.progress.run("[internal] load .dockerignore", undefined, async (vertex) => {
    if (texts.tree.get(ignoreFile(path)) !== undefined) return contextPatterns(texts.tree, path);
    return contextPatterns(await (await receiveOnce(place, "context", [".dockerignore"], vertex)).tree(), path);
  });
  const context = once(() =>
    run.progress.run("[internal] load build context", undefined, (vertex) =>
      receiveFolder(place, "context", patterns, vertex),
    ),
  );
  return {
    texts: { dockerfile: texts.dockerfile, patterns },
    context: async () => visibleContext(await context(), patterns),
  };
}

/** Asks a BuildKit client for an additional folder, without what its own ignore file hides. */
export async function sessionFolder(
  engine: BuildEngine,
  run: Run,
  clientSession: string,
  folder: string,
): Promise<LoadedContext> {
  const place = { engine, run, session: await engine.builds.clientSessions.get(clientSession, run.signal) };
  return run.progress.run(`[internal] load context ${folder}`, undefined, async (vertex) => {
    const tree = await (await receiveOnce(place, folder, [".dockerignore"], vertex)).tree();
    const patterns = parseIgnoreFile((await readContextFile(tree, ".dockerignore")) ?? "");
    return visibleContext(await receiveFolder(place, folder, patterns, vertex), patterns);
  });
}

/** Some files of a folder, which nothing is kept of. */
async function receiveOnce(
  { engine, run, session }: Place,
  folder: string,
  paths: readonly string[],
  vertex: Vertex,
): Promise<LoadedContext> {
  const transfer = transferFiles(session.rpc, { folder, paths, exclude: [] }, run.signal);
  const files = await readFileList(transfer);
  const context = engine.builds.contexts.openOnce(join(run.scratch, newBuildName()), announced(engine, folder, files));
  run.keepOpen(context);
  return receiveFiles(transfer, context, files, transferred(vertex, folder));
}

/**
 * All of a folder. What an earlier build from the same folder was sent is not sent again, unless its size or its time of
 * change is another: the protocol tells no more, and BuildKit goes by the same.
 */
async function receiveFolder(
  { engine, run, session }: Place,
  folder: string,
  exclude: readonly string[],
  vertex: Vertex,
): Promise<LoadedContext> {
  const transfer = transferFiles(session.rpc, { folder, paths: [], exclude }, run.signal);
  const files = await readFileList(transfer);
  const { contexts } = engine.builds;
  const what = announced(engine, JSON.stringify(["session", session.sharedKey, folder]), files);
  const context =
    session.sharedKey === "" ? contexts.openOnce(join(run.scratch, newBuildName()), what) : await contexts.open(what);
  run.keepOpen(context);
  return receiveFiles(transfer, context, files, transferred(vertex, folder));
}

function announced({ now }: Place["engine"], name: string, { digest }: ListedFiles) {
  return { name, digest, listedAt: now().getTime() / 1000 };
}

const reportIntervalMs = 200;

/** Tells a vertex how much has come, now and then and at the end. */
function transferred(vertex: Vertex, what: string): TransferProgress {
  let total = 0;
  let last = 0;
  const tell = () => vertex.status(`transferring ${what}:`, total, 0);
  return {
    add(bytes) {
      total += bytes;
      if (performance.now() - last < reportIntervalMs) return;
      last = performance.now();
      tell();
    },
    end: tell,
  };
}
