import { formatPlatform } from "../../registry/platform.ts";
import type { Dockerfile } from "../dockerfile/stages.ts";
import { evaluateStage, stageName } from "../plan/evaluate-stage.ts";
import type { PlannedStage, StageGraph } from "../plan/graph.ts";
import type { SourceRef, Step } from "../plan/operation.ts";
import { type StageState, stateOfImage, stateOfStage } from "../plan/stage-state.ts";
import type { Source } from "../steps/source.ts";
import type { BuildRun } from "./build-run.ts";
import { FileSources } from "./file-sources.ts";
import { imageRef } from "./image-ref.ts";
import { emptyRef, type Ref, startEarly } from "./ref.ts";
import { StepRunner } from "./step-runner.ts";

/** A stage whose instructions were gone through: its defaults and history, and its file system when it is asked for. */
export interface SolvedStage {
  readonly state: StageState;
  readonly ref: Ref;
  /** When the step of each history entry was carried out, by its index. */
  readonly stepTimes: ReadonlyMap<number, Ref>;
  /** Entries of the history that the base brought. */
  readonly inherited: number;
}

interface Base {
  readonly state: StageState;
  readonly ref: Ref;
  readonly triggers: readonly string[];
  readonly stepTimes: ReadonlyMap<number, Ref>;
}

/**
 * Solves stages on demand: what the target needs and nothing else. Keys are worked out first, so that what is cached
 * is never touched; a step that has to run starts at once, and stages that do not need each other run side by side.
 */
export class Solver {
  private readonly run: BuildRun;
  private readonly dockerfile: Dockerfile;
  private readonly graph: StageGraph;
  private readonly stages = new Map<number, Promise<SolvedStage>>();
  private readonly runner: StepRunner;

  constructor(run: BuildRun, dockerfile: Dockerfile, graph: StageGraph) {
    this.run = run;
    this.dockerfile = dockerfile;
    this.graph = graph;
    const files = new FileSources(run, (origin) => this.source(origin));
    this.runner = new StepRunner(run, files);
  }

  /** The stage with this index; each is solved once. */
  stage(index: number): Promise<SolvedStage> {
    let solved = this.stages.get(index);
    if (solved === undefined) {
      solved = this.solve(this.graph.stages[index] as PlannedStage);
      this.stages.set(index, solved);
    }
    return solved;
  }

  /** Every step that was reached, in no particular order. */
  steps(): readonly Ref[] {
    return this.runner.all();
  }

  /** What a step reads from: a file system that may still have to be made, or files. */
  async source(origin: SourceRef): Promise<Ref | Extract<Source, { kind: "tree" }>> {
    switch (origin.kind) {
      case "context":
        return this.run.context();
      case "empty":
        return emptyRef;
      case "stage":
        return (await this.stage(origin.index)).ref;
      case "image":
        return imageRef(await this.run.image(origin.reference, this.targetPlatform()));
      case "named": {
        const context = await this.run.namedContext(origin.name);
        return context.kind === "files" ? context.source : imageRef(context.image);
      }
    }
  }

  private async solve(planned: PlannedStage): Promise<SolvedStage> {
    const base = await this.base(planned);
    const inherited = base.state.history.length;
    const state = evaluateStage({
      graph: this.graph,
      planned,
      state: base.state,
      triggers: base.triggers,
      escapeChar: this.dockerfile.escapeChar,
      buildArgs: this.run.options.buildArgs,
      contexts: this.run.options.contexts,
      lint: this.run.lint,
    });
    this.startSources(state.steps);
    const stepTimes = new Map(base.stepTimes);
    let ref = base.ref;
    for (const [index, step] of state.steps.entries()) {
      const place = { stage: stageName(planned), index, base: this.baseName(planned) };
      ref = await this.runner.next(step, ref, place);
      stepTimes.set(step.historyIndex, ref);
    }
    return { state, ref, stepTimes, inherited };
  }

  /** Stages and images that the steps read from are begun before the first of them is reached. */
  private startSources(steps: readonly Step[]): void {
    for (const { operation } of steps) {
      if (operation.kind === "copy") startEarly(this.source(operation.origin));
      if (operation.kind !== "run") continue;
      for (const { origin } of operation.mounts) startEarly(this.source(origin));
    }
  }

  private async base({ base, platform, platformGiven }: PlannedStage): Promise<Base> {
    switch (base.kind) {
      case "stage": {
        const { state, ref, stepTimes } = await this.stage(base.index);
        return { state: stateOfStage(state), ref, triggers: state.triggers, stepTimes };
      }
      case "image": {
        const wanted = platformGiven || this.run.options.platform !== undefined ? formatPlatform(platform) : "";
        return baseOfImage(await this.run.image(base.reference, wanted));
      }
      case "named": {
        const context = await this.run.namedContext(base.name);
        if (context.kind === "image") return baseOfImage(context.image);
        const ref = await this.runner.filesRef(context.source, base.name);
        return { state: stateOfImage(undefined), ref, triggers: [], stepTimes: new Map() };
      }
      default:
        return { state: stateOfImage(undefined), ref: emptyRef, triggers: [], stepTimes: new Map() };
    }
  }

  private targetPlatform(): string {
    const { platform } = this.run.options;
    return platform === undefined ? "" : formatPlatform(platform);
  }

  private baseName({ base, stage }: PlannedStage): string {
    if (base.kind === "image") return `the base image ${base.reference}`;
    return base.kind === "stage" ? `stage ${stage.from.image}` : "what it stands on";
  }
}

type ImageOf = Awaited<ReturnType<BuildRun["image"]>>;

function baseOfImage(image: ImageOf): Base {
  const { config, history, author } = image;
  const document = { config: config as StageState["config"], history: history as StageState["history"], author };
  return { state: stateOfImage(document), ref: imageRef(image), triggers: config.OnBuild ?? [], stepTimes: new Map() };
}
