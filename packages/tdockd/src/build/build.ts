import type { imageBuild } from "@tdock/api/build";
import type { Input } from "@tdock/api/endpoint";
import { type JsonMessages, sendJsonMessages } from "@tdock/api/json-messages";
import type { Output } from "@tdock/api/output";
import { formatFamiliar, parseReference } from "../images/reference.ts";
import type { BuildEngine } from "./build-engine.ts";
import { type BuildRequest, readBuildRequest } from "./build-request.ts";
import type { LayerInfo } from "./cache/step-record.ts";
import type { BuildFiles } from "./context/build-files.ts";
import { contextOfBody, contextOfUrl } from "./context/load-context.ts";
import type { LoadedContext } from "./context/loaded-context.ts";
import { readContextTexts, visibleContext } from "./context/visible-context.ts";
import { type Dockerfile, parseDockerfile } from "./dockerfile/stages.ts";
import { exportImage } from "./export-image.ts";
import { describeImage } from "./image-document.ts";
import { lintBases } from "./lint/lint-bases.ts";
import { lintFile } from "./lint/lint-file.ts";
import { createLintReport, type LintReport } from "./lint/report.ts";
import { type BuildOptions, globalArguments } from "./plan/arguments.ts";
import { planStages, type StageGraph } from "./plan/graph.ts";
import { checkSyntax } from "./plan/syntax.ts";
import { buildkitLines } from "./progress/buildkit-lines.ts";
import { dockerLines, eventLines } from "./progress/docker-lines.ts";
import type { EventSink } from "./progress/event-sink.ts";
import { Progress } from "./progress/progress.ts";
import { exportCaches } from "./remote-cache/export-caches.ts";
import { inlineCache } from "./remote-cache/inline-cache.ts";
import { sendResult } from "./session/send-result.ts";
import { sessionFiles } from "./session/session-files.ts";
import type { BuildRun } from "./solve/build-run.ts";
import { type OpenRun, openRun } from "./solve/open-run.ts";
import { type SolvedStage, Solver } from "./solve/solver.ts";

/**
 * Builds an image from the context in the body and answers with a JSON message stream. Ends everything that it
 * started when the client goes away. Throws `invalid-argument` for a Dockerfile that cannot be, before anything is sent.
 */
export async function buildImage(engine: BuildEngine, input: Input<typeof imageBuild>, out: Output): Promise<void> {
  const uploadFor = /^upload-request:(.+)$/.exec(input.buildid ?? "")?.[1];
  if (input.version === "2" && input.session) await untilServed(engine, input.session, out.signal);
  if (uploadFor !== undefined) return engine.builds.uploads.offer(uploadFor, input.body, out.signal);
  const request = readRequest(engine, input);
  await sendJsonMessages(out, async (messages) => {
    using upload = await uploadOf(engine, request, messages.signal);
    await runBuild(engine, request, {
      body: upload?.body ?? input.body,
      signal: messages.signal,
      checkOnly: input.check === true,
      ...audience(engine, input, messages),
    });
  });
}

/** What was prepared for a build that cannot be is let go. */
function readRequest({ builds }: BuildEngine, input: Input<typeof imageBuild>): BuildRequest {
  try {
    return readBuildRequest(input);
  } catch (thrown) {
    builds.sessions.forget(input.context ?? "");
    throw thrown;
  }
}

/**
 * Waits until a BuildKit client's session is up: docker 20.10 hangs for ever when its build is refused before that. A
 * session that does not come is missed by whoever needs it.
 */
async function untilServed({ builds }: BuildEngine, session: string, signal: AbortSignal): Promise<void> {
  await builds.clientSessions.get(session, signal).then(
    ({ ready }) => ready,
    () => undefined,
  );
}

/** A context that another request of the same client brings. */
function uploadOf({ builds }: BuildEngine, { remote, id }: BuildRequest, signal: AbortSignal) {
  return remote === "upload-request" ? builds.uploads.take(id, signal) : undefined;
}

/**
 * Nothing is sent before the Dockerfile has been read: until then an error is an HTTP status. A BuildKit client's
 * Dockerfile may be long in coming, and its display reads errors from the stream.
 */
function audience(
  { now }: BuildEngine,
  input: Input<typeof imageBuild>,
  messages: JsonMessages,
): Pick<BuildOrder, "sink" | "sinkOnceRead"> {
  const quiet = input.q === true;
  if (input.version === "2") return { sink: buildkitLines(messages, { quiet, now }) };
  return {
    async sinkOnceRead(total) {
      return input.version === "tdock" ? eventLines(messages) : dockerLines(messages, { quiet, total });
    },
  };
}

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
  await using run = await openRun(engine, request, progress, order.signal);
  const { texts, context } = await loadFiles(engine, run, request, order.body);
  const dockerfile = parseDockerfile(request.dockerfile, texts.dockerfile);
  const lint = createLintReport(dockerfile.check);
  const options = optionsOf(request);
  checkSyntax(dockerfile, request.buildArgs);
  const globals = globalArguments(dockerfile, options);
  const graph = planStages(dockerfile, options, globals);
  lintFile(dockerfile, lint);
  lintBases(dockerfile, graph, lint);
  const total = graph.stages.reduce((sum, { stage }) => sum + 1 + stage.instructions.filter(isStep).length, 0);
  if (order.sinkOnceRead !== undefined) await queued.open(await order.sinkOnceRead(total));
  await run.finish(() =>
    solve(run, {
      request,
      dockerfile,
      graph,
      lint,
      context,
      options,
      sink: queued.sink,
      checkOnly: order.checkOnly,
    }),
  );
}

const stepKinds = new Set(["run", "copy", "add", "workdir"]);

function isStep({ kind }: { readonly kind: string }): boolean {
  return stepKinds.has(kind);
}

interface Solving {
  readonly request: BuildRequest;
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  readonly lint: LintReport;
  readonly context: BuildFiles["context"];
  readonly options: BuildOptions;
  readonly sink: EventSink;
  readonly checkOnly: boolean;
}

async function solve(open: OpenRun, solving: Solving): Promise<void> {
  const { request, dockerfile, graph, lint, context, options, sink } = solving;
  const run = open.start({ options, lint, context: async () => ({ kind: "tree", ...(await context()) }) });
  const solver = new Solver(run, dockerfile, graph);
  const solved = await solver.stage(graph.target);
  for (const warning of lint.warnings) await sink({ kind: "warning", ...warning });
  lint.check();
  if (solving.checkOnly) return;
  const [snapshot, layers] = await Promise.all([solved.ref.snapshot(), solved.ref.layers()]);
  await open.idle();
  if (request.result === "image") await makeImage(run, solving, solved, { snapshot, layers });
  if (request.result === "archive" || request.result === "files") {
    await sendResult(run, request.clientSession, request.result, snapshot);
  }
  await exportCaches(run, request.cacheTo, { target: [...solved.stepTimes.values()], all: solver.steps() });
}

async function makeImage(
  run: BuildRun,
  { request, sink }: Solving,
  solved: SolvedStage,
  { snapshot, layers }: { readonly snapshot: string; readonly layers: readonly LayerInfo[] },
): Promise<void> {
  const image = await run.progress.run("[internal] export image", undefined, async () => {
    const inline = request.cacheTo.some(({ location }) => location === "inline")
      ? await inlineCache(solved)
      : undefined;
    const document = await describeImage(solved, layers, request, run.epoch, inline);
    return exportImage(run.engine, { document, layers, snapshot, names: request.names });
  });
  const names = request.names.map((name) => formatFamiliar(parseReference(name)));
  await sink({ kind: "result", id: image.id, digest: image.manifestBlob.digest, names });
}

function optionsOf(request: BuildRequest): BuildOptions {
  const { buildArgs, target, platform, buildPlatform, labels, contexts } = request;
  return { buildArgs, target, platform, buildPlatform, labels, contexts: new Set(contexts.keys()) };
}

async function loadFiles(
  engine: BuildEngine,
  run: OpenRun,
  request: BuildRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<BuildFiles> {
  if (request.remote === "client-session" && request.clientSession !== "") return sessionFiles(engine, run, request);
  const context = await loadContext(run, request, body);
  const texts = await readContextTexts(engine.builds.digests, context, request.dockerfile);
  const visible = visibleContext(context, texts.patterns);
  return { texts, context: async () => visible };
}

async function loadContext(
  run: OpenRun,
  request: BuildRequest,
  body: AsyncIterable<Uint8Array>,
): Promise<LoadedContext> {
  if (!["", "client-session", "upload-request"].includes(request.remote))
    return contextOfUrl(run, request.remote, "context");
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
