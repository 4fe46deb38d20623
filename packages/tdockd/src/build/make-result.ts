import { formatFamiliar, parseReference } from "../images/reference.ts";
import type { BuildRequest } from "./build-request.ts";
import type { LayerInfo } from "./cache/step-record.ts";
import type { Dockerfile } from "./dockerfile/stages.ts";
import { exportImage, type FinishedImage } from "./export-image.ts";
import { describeImage } from "./image-document.ts";
import type { BuildTarget } from "./plan/target.ts";
import type { EventSink } from "./progress/event-sink.ts";
import { exportCaches } from "./remote-cache/export-caches.ts";
import { inlineCache } from "./remote-cache/inline-cache.ts";
import type { ClientSession } from "./session/client-session.ts";
import { resultTaker } from "./session/result-taker.ts";
import { sendImage } from "./session/send-image.ts";
import { sendResult } from "./session/send-result.ts";
import type { BuildRun } from "./solve/build-run.ts";
import type { OpenRun } from "./solve/open-run.ts";
import { type SolvedStage, Solver } from "./solve/solver.ts";
import type { KnownRefs } from "./solve/step-runner.ts";

interface Solving {
  readonly request: BuildRequest;
  readonly dockerfile: Dockerfile;
  /** One for each platform. */
  readonly targets: readonly BuildTarget[];
  readonly sink: EventSink;
}

/** A platform's stage with its file system, all steps carried out. */
interface MadeStage {
  readonly target: BuildTarget;
  readonly solved: SolvedStage;
  readonly snapshot: string;
  readonly layers: readonly LayerInfo[];
}

/** Solves what is wanted, for all platforms side by side, and makes of it what the request says. */
export async function makeResult(open: OpenRun, run: BuildRun, solving: Solving): Promise<void> {
  const { request } = solving;
  const taker = await resultTaker(run.engine, request, run.signal);
  const known: KnownRefs = new Map();
  const solved = await solveTargets(run, solving, known);
  run.lint.check();
  if (run.checkOnly) return;
  const stages = await Promise.all(solved.map(made));
  await open.idle();
  await finishResult(run, solving, stages, taker);
  const target = stages.flatMap(({ solved }) => [...solved.stepTimes.values()]);
  await exportCaches(run, request.cacheTo, { target, all: [...known.values()] });
}

async function finishResult(
  run: BuildRun,
  solving: Solving,
  stages: readonly MadeStage[],
  taker: ClientSession | undefined,
): Promise<void> {
  const { result } = solving.request;
  if (result === "cache") return;
  if (taker !== undefined && (result === "archive" || result === "files"))
    return sendResult(run, taker, result, stages[0]?.snapshot ?? "");
  return makeImage(run, solving, stages, taker);
}

/** What the rules found is told even when it fails: it may say why. */
async function solveTargets(run: BuildRun, { dockerfile, targets }: Solving, known: KnownRefs) {
  try {
    return await Promise.all(
      targets.map(async (target) => {
        const solver = new Solver(run, dockerfile, target, known);
        if (run.checkOnly) await Promise.all(target.graph.stages.map((_, index) => solver.stage(index)));
        return { target, solved: await solver.stage(target.graph.target) };
      }),
    );
  } finally {
    for (const warning of run.lint.warnings) run.progress.tell({ kind: "warning", ...warning });
  }
}

async function made(one: Pick<MadeStage, "target" | "solved">): Promise<MadeStage> {
  const { ref } = one.solved;
  const [snapshot, layers] = await Promise.all([ref.snapshot(), ref.layers()]);
  return { ...one, snapshot, layers };
}

async function makeImage(
  run: BuildRun,
  { request, sink }: Pick<Solving, "request" | "sink">,
  stages: readonly MadeStage[],
  taker: ClientSession | undefined,
): Promise<void> {
  const { asIndex } = request;
  const { id, digest, ownName } = await run.progress.run("[internal] export image", undefined, async () => {
    const images = await Promise.all(stages.map((stage) => finish(run, request, stage)));
    return exportImage(run.engine, images, { names: request.names, asIndex });
  });
  const names = request.names.map((name) => formatFamiliar(parseReference(name)));
  if (taker !== undefined) {
    try {
      await sendImage(run, taker, names.length > 0 ? names : [id]);
    } finally {
      // It was made to be sent: nobody would find it here.
      if (ownName !== undefined) await run.engine.images.removeName(ownName);
    }
  }
  const platforms = stages.map(({ target }) => target.mark);
  const isNew = ownName !== undefined && taker === undefined;
  await sink({ kind: "result", id, digest, names, ...(stages.length > 1 && { platforms }), ...(isNew && { isNew }) });
}

/** A platform that was asked for is what the image says; else it is what its stage stands on. */
async function finish(
  run: BuildRun,
  { cacheTo, labels }: BuildRequest,
  { target, solved, snapshot, layers }: MadeStage,
): Promise<FinishedImage> {
  const inline = cacheTo.some(({ location }) => location === "inline") ? await inlineCache(solved) : undefined;
  const platform = target.options.platform ?? solved.platform;
  const document = await describeImage(solved, layers, { labels, platform }, run.epoch, inline);
  return { document, layers, snapshot };
}
