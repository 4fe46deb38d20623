import type { BuildEngine } from "./build-engine.ts";
import type { BuildRequest } from "./build-request.ts";
import type { BuildFiles } from "./context/build-files.ts";
import { contextOfBody, contextOfUrl } from "./context/load-context.ts";
import type { LoadedContext } from "./context/loaded-context.ts";
import { readContextTexts, visibleContext } from "./context/visible-context.ts";
import { parseDockerfile } from "./dockerfile/stages.ts";
import { lintBases } from "./lint/lint-bases.ts";
import { lintFile } from "./lint/lint-file.ts";
import { createLintReport } from "./lint/report.ts";
import { makeResult } from "./make-result.ts";
import { epochOf } from "./plan/epoch.ts";
import { checkSyntax } from "./plan/syntax.ts";
import { planTargets } from "./plan/target.ts";
import type { EventSink } from "./progress/event-sink.ts";
import { Progress } from "./progress/progress.ts";
import { sessionFiles } from "./session/session-files.ts";
import { type OpenRun, openRun } from "./solve/open-run.ts";

/** A build as its caller wants it, beside what its client asks for. */
export interface BuildOrder {
  /** The context, where the client sends it along. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Only look for problems. */
  readonly checkOnly: boolean;
  /** Takes what the build tells, from its beginning. */
  readonly sink?: EventSink;
  /** Gives what takes it once the Dockerfile has been read, and the number of its steps is known. */
  sinkOnceRead?(total: number): Promise<EventSink>;
}

/** Builds. Throws what makes it fail; nothing of it goes on then. */
export async function runBuild(engine: BuildEngine, request: BuildRequest, order: BuildOrder): Promise<void> {
  const queued = queue();
  if (order.sink !== undefined) await queued.open(order.sink);
  const progress = new Progress(queued.sink, engine.now);
  await using open = await openRun(engine, request, progress, order.signal);
  const { texts, context } = await loadFiles(engine, open, request, order.body);
  const dockerfile = parseDockerfile(request.dockerfileName, texts.dockerfile);
  const lint = createLintReport(dockerfile.check);
  checkSyntax(dockerfile, request.buildArgs);
  const targets = planTargets(dockerfile, request);
  lintFile(dockerfile, lint);
  for (const { graph } of targets) lintBases(dockerfile, graph, lint);
  const stages = targets.flatMap(({ graph }) => graph.stages);
  const total = stages.reduce((sum, { stage }) => sum + 1 + stage.instructions.filter(isStep).length, 0);
  if (order.sinkOnceRead !== undefined) await queued.open(await order.sinkOnceRead(total));
  const run = open.start({
    lint,
    context: async () => ({ kind: "tree", ...(await context()) }),
    epoch: epochOf(request.buildArgs, targets[0]?.graph.globals ?? new Map()),
    ignorePatterns: texts.patterns,
    checkOnly: order.checkOnly,
  });
  const { sink } = queued;
  await open.finish(() => makeResult(open, run, { request, dockerfile, targets, sink }));
}

const stepKinds = new Set(["run", "copy", "add", "workdir"]);

function isStep({ kind }: { readonly kind: string }): boolean {
  return stepKinds.has(kind);
}

async function loadFiles(
  engine: BuildEngine,
  run: OpenRun,
  request: BuildRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<BuildFiles> {
  if (request.remote === "client-session" && request.clientSession !== "") return sessionFiles(engine, run, request);
  const context = await loadContext(engine, run, request, body);
  const texts = await readContextTexts(engine.builds.digests, context, request.dockerfile);
  const visible = visibleContext(context, texts.patterns);
  return { texts, context: async () => visible };
}

async function loadContext(
  { config: { proxies } }: BuildEngine,
  run: OpenRun,
  { remote: url, keepGitDir }: BuildRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<LoadedContext> {
  if (!["", "client-session", "upload-request"].includes(url))
    return contextOfUrl(run, { url, name: "context", keepGitDir, proxies });
  return (await run.preparedContext(body)) ?? contextOfBody(run, body);
}

/** Holds events back until there is somebody to take them. */
function queue(): { sink: EventSink; open(sink: EventSink): Promise<void> } {
  const held: Parameters<EventSink>[0][] = [];
  let target: EventSink | undefined;
  return {
    sink: (event) => {
      if (target !== undefined) return target(event);
      held.push(event);
      return Promise.resolve();
    },
    async open(sink) {
      for (const event of held.splice(0)) await sink(event);
      target = sink;
    },
  };
}
