import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isError, TdockError } from "@tdock/errors/error";
import { aborted } from "../../host/aborted.ts";
import { removeTree } from "../../host/remove-tree.ts";
import { cpuCount } from "../../runtime/machine.ts";
import type { BuildEngine } from "../build-engine.ts";
import { createImageFinder } from "../build-images.ts";
import type { BuildRequest } from "../build-request.ts";
import type { BuildSession } from "../context/build-sessions.ts";
import type { ContextLoader } from "../context/load-context.ts";
import { contextOfUrl } from "../context/load-context.ts";
import type { LoadedContext } from "../context/loaded-context.ts";
import { preparedFolder } from "../context/prepared-folder.ts";
import { newBuildName } from "../layer/make-layer.ts";
import type { Progress } from "../progress/progress.ts";
import { keepBelowLimit } from "../prune.ts";
import { ImportedCache } from "../remote-cache/imported-cache.ts";
import { sessionClient } from "../session/session-client.ts";
import { sessionFolder } from "../session/session-files.ts";
import type { Source } from "../steps/source.ts";
import type { BuildClient } from "./build-client.ts";
import type { BuildRun } from "./build-run.ts";
import { Semaphore } from "./semaphore.ts";

/** What is known of a build once its Dockerfile has been read. */
type StartOptions = Pick<BuildRun, "checkOnly" | "context" | "epoch" | "ignorePatterns" | "lint">;

/** A build from its first byte to its last; disposing of it leaves nothing of it but its results. */
export interface OpenRun extends ContextLoader, AsyncDisposable {
  start(options: StartOptions): BuildRun;
  /** Keeps something open until the build is over. */
  keepOpen(opened: Disposable): void;
  /** Completes the context that was prepared, if one was: `body` then holds the files that it lacked. */
  preparedContext(body: AsyncIterable<Uint8Array>): Promise<LoadedContext | undefined>;
  /** Runs `work`; the first failure of anything in the build ends all of it and is what is thrown. */
  finish(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing goes on beside the steps any more. */
  idle(): Promise<void>;
}

/** Begins a build: gives it folders of its own and a controller that ends everything it starts. */
export async function openRun(
  engine: BuildEngine,
  request: BuildRequest,
  progress: Progress,
  client: AbortSignal,
): Promise<OpenRun> {
  const id = newBuildName();
  const controller = new AbortController();
  const signal = AbortSignal.any([client, controller.signal]);
  const scratch = join(engine.builds.scratch, id);
  const folder = join(engine.config.execRoot, "build", id);
  for (const path of [scratch, folder]) mkdirSync(path, { recursive: true, mode: 0o711 });
  if (request.id !== "") engine.builds.running.set(request.id, controller);
  const background = new Background(controller);
  const held = new Set<string>();
  const opened: Disposable[] = [];
  const keepOpen = (one: Disposable) => {
    opened.push(one);
  };
  const session = request.session === "" ? noSession : engine.builds.sessions.take(request.session);
  return {
    scratch,
    progress,
    signal,
    start: (options) => ({
      ...partsOf(engine, request, { id, scratch, folder, signal, progress, session, keepOpen }, background, held),
      ...options,
    }),
    keepOpen,
    async preparedContext(body) {
      const { context } = session;
      return context?.complete(body, signal);
    },
    finish: (work) => background.finish(work, client),
    idle: () => background.idle(),
    async [Symbol.asyncDispose]() {
      controller.abort(new TdockError("canceled", "the build is over"));
      await background.settled();
      engine.builds.steps
        .settle(() => engine.disk.flush())
        .catch((err) => engine.log.warn({ err }, "steps were not settled"));
      if (request.id !== "") engine.builds.running.delete(request.id);
      for (const snapshot of held) engine.builds.busy.delete(snapshot);
      engine.builds.sessions.end(request.session);
      for (const one of opened) one[Symbol.dispose]();
      await removeTree(folder);
      await removeTree(scratch);
      void keepBelowLimit(engine); // nobody waits for it
    },
  };
}

interface Place {
  readonly id: string;
  readonly scratch: string;
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly session: BuildSession;
  keepOpen(opened: Disposable): void;
}

const noSession: BuildSession = { context: undefined, contexts: new Map(), secrets: new Map(), agents: new Map() };

function partsOf(
  engine: BuildEngine,
  request: BuildRequest,
  place: Place,
  background: Background,
  held: Set<string>,
): Omit<BuildRun, keyof StartOptions> {
  const { signal, progress, session } = place;
  const { pull, locked } = request;
  const client = clientOf(engine, request, place);
  const image = createImageFinder({ engine, progress, signal, pull, locked, credentials: client.credentials });
  const named = new Map<string, Promise<Tree>>();
  return {
    engine,
    id: place.id,
    scratch: place.scratch,
    folder: place.folder,
    signal,
    progress,
    limits: request.limits,
    client,
    steps: new Semaphore(Math.max(4, cpuCount * 2)),
    ignoresCache: (stage) => request.noCache || request.noCacheStages.has(stage),
    scope: session.context?.key ?? request.names[0] ?? "",
    imports: new ImportedCache({ engine, signal, client, progress, scratch: place.scratch }, request.cacheFrom),
    usedMounts: new Map(),
    cacheNamespace: request.buildArgs.get("BUILDKIT_CACHE_MOUNT_NS") ?? "",
    keepFailed: request.keepFailed,
    hold(snapshot) {
      if (held.has(snapshot)) return;
      held.add(snapshot);
      engine.builds.busy.add(snapshot);
    },
    keepBusy: (work) => background.add(work),
    image,
    async namedContext(name, platform, line) {
      const value = request.contexts.get(name) ?? "";
      const reference = /^docker-image:\/\/(.+)$/.exec(value)?.[1];
      if (reference !== undefined) return { kind: "image", image: await image(reference, platform, line) };
      const files = named.get(name) ?? loadNamed(engine, request, place, name);
      named.set(name, files);
      return { kind: "files", source: await files };
    },
  };
}

/** What the client has comes with the request, or over the session that the request names. */
function clientOf(engine: BuildEngine, request: BuildRequest, { session, signal }: Place): BuildClient {
  const { credentials, clientSession } = request;
  const remote = clientSession === "" ? undefined : sessionClient(engine.builds.clientSessions, clientSession, signal);
  return {
    secret: async (id) => session.secrets.get(id) ?? remote?.secret(id),
    forwardAgent: async (id, path) => session.agents.get(id)?.listen(path) ?? remote?.forwardAgent(id, path),
    credentials: async (domain) => credentials.get(domain) ?? remote?.credentials(domain),
  };
}

type Tree = Extract<Source, { kind: "tree" }>;

/** The files of an additional context. */
async function loadNamed(engine: BuildEngine, request: BuildRequest, place: Place, name: string): Promise<Tree> {
  const value = request.contexts.get(name) ?? "";
  const prepared = place.session.contexts.get(name);
  if (prepared !== undefined) return { kind: "tree", ...(await preparedFolder(prepared)) };
  const folder = request.clientSession === "" ? undefined : /^local:(.+)$/.exec(value)?.[1];
  if (folder !== undefined) {
    return { kind: "tree", ...(await sessionFolder(engine, place, request.clientSession, folder)) };
  }
  const remote = { url: value, name: `context-${Buffer.from(name).toString("hex").slice(0, 40)}` };
  const { keepGitDir } = request;
  const loaded = await contextOfUrl(place, { ...remote, keepGitDir, proxies: engine.config.proxies });
  return { kind: "tree", ...loaded };
}

/** What a build does beside waiting for its target. */
class Background {
  private readonly controller: AbortController;
  private readonly work = new Set<Promise<void>>();
  private failure: unknown;

  constructor(controller: AbortController) {
    this.controller = controller;
  }

  add(work: Promise<void>): void {
    this.work.add(work);
    work.then(
      () => this.work.delete(work),
      (thrown) => {
        this.work.delete(work);
        this.fail(thrown);
      },
    );
  }

  async idle(): Promise<void> {
    while (this.work.size > 0) await Promise.all(this.work);
  }

  async settled(): Promise<void> {
    while (this.work.size > 0) await Promise.allSettled(this.work);
  }

  async finish(work: () => Promise<void>, client: AbortSignal): Promise<void> {
    try {
      await Promise.race([work(), aborted(this.controller.signal)]);
    } catch (thrown) {
      this.fail(thrown);
      await this.settled();
      if (client.aborted) throw TdockError.from(client.reason);
      throw this.failure;
    }
  }

  /** The first failure counts; what is canceled because of it does not. */
  private fail(thrown: unknown): void {
    if (this.failure === undefined || isError(this.failure, "canceled")) this.failure = thrown;
    this.controller.abort(new TdockError("canceled", "another step of the build failed"));
  }
}
