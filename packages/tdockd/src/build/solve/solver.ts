import { formatPlatform, type Platform, plainPlatform } from "../../registry/platform.ts";
import type { LogicalLine } from "../dockerfile/source.ts";
import type { Dockerfile } from "../dockerfile/stages.ts";
import { lintBasePlatform } from "../lint/lint-base-platform.ts";
import { lintIgnoredCopies } from "../lint/lint-ignored-copies.ts";
import { evaluateStage, stageName } from "../plan/evaluate-stage.ts";
import type { PlannedStage } from "../plan/graph.ts";
import type { SourceRef, Step } from "../plan/operation.ts";
import { type StageState, stateOfImage, stateOfStage } from "../plan/stage-state.ts";
import type { BuildTarget } from "../plan/target.ts";
import type { Source } from "../steps/source.ts";
import type { BuildRun } from "./build-run.ts";
import { FileSources } from "./file-sources.ts";
import { imageRef } from "./image-ref.ts";
import { emptyRef, type Ref, startEarly } from "./ref.ts";
import { type KnownRefs, StepRunner } from "./step-runner.ts";

/** A stage whose instructions were gone through: its defaults and history, and its file system when it is asked for. */
export interface SolvedStage {
  readonly state: StageState;
  readonly ref: Ref;
  /** What its programs are made for. */
  readonly platform: Platform;
  /** When the step of each history entry was carried out, by its index. */
  readonly stepTimes: ReadonlyMap<number, Ref>;
  /** Entries of the history that the base brought. */
  readonly inherited: number;
}

interface Base {
  readonly state: StageState;
  readonly ref: Ref;
  readonly platform: Platform;
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
  private readonly target: BuildTarget;
  private readonly stages = new Map<number, Promise<SolvedStage>>();
  private readonly runner: StepRunner;

  constructor(run: BuildRun, dockerfile: Dockerfile, target: BuildTarget, known: KnownRefs) {
    this.run = run;
    this.dockerfile = dockerfile;
    this.target = target;
    const files = new FileSources(run, (origin) => this.source(origin));
    this.runner = new StepRunner(run, files, known);
  }

  /** The stage with this index; each is solved once. */
  stage(index: number): Promise<SolvedStage> {
    let solved = this.stages.get(index);
    if (solved === undefined) {
      solved = this.solve(this.target.graph.stages[index] as PlannedStage);
      this.stages.set(index, solved);
    }
    return solved;
  }

  /** What a step reads from: a file system that may still have to be made, or files. */
  async source(origin: SourceRef, line?: LogicalLine): Promise<Ref | Extract<Source, { kind: "tree" }>> {
    switch (origin.kind) {
      case "context":
        return this.run.context();
      case "empty":
        return emptyRef;
      case "stage":
        return (await this.stage(origin.index)).ref;
      case "image":
        return imageRef(await this.run.image(origin.reference, this.targetPlatform(), line));
      case "named": {
        const context = await this.run.namedContext(origin.name, this.targetPlatform(), line);
        return context.kind === "files" ? context.source : imageRef(context.image);
      }
    }
  }

  private async solve(planned: PlannedStage): Promise<SolvedStage> {
    const base = await this.base(planned);
    const inherited = base.state.history.length;
    const { graph, options } = this.target;
    const mark = this.markOf(base);
    const state = evaluateStage({
      graph,
      planned,
      mark,
      state: base.state,
      triggers: base.triggers,
      escapeChar: this.dockerfile.escapeChar,
      buildArgs: options.buildArgs,
      contexts: options.contexts,
      lint: this.run.lint,
    });
    const { checkOnly, ignorePatterns, lint } = this.run;
    lintIgnoredCopies(state.steps, ignorePatterns, lint);
    const stepTimes = new Map(base.stepTimes);
    let ref = base.ref;
    if (checkOnly) return { state, ref, platform: base.platform, stepTimes, inherited };
    this.startSources(state.steps);
    for (const [index, step] of state.steps.entries()) {
      const { platform } = base;
      const place = { stage: stageName(planned), mark, platform, index, base: this.baseName(planned) };
      ref = await this.runner.next(step, ref, place);
      stepTimes.set(step.historyIndex, ref);
    }
    return { state, ref, platform: base.platform, stepTimes, inherited };
  }

  /** Stages and images that the steps read from are begun before the first of them is reached. */
  private startSources(steps: readonly Step[]): void {
    for (const { operation, line } of steps) {
      if (operation.kind === "copy") startEarly(this.source(operation.origin, line));
      if (operation.kind !== "run") continue;
      for (const { origin } of operation.mounts) startEarly(this.source(origin, line));
    }
  }

  private async base(planned: PlannedStage): Promise<Base> {
    const { base, platform, platformGiven, stage } = planned;
    const { line } = stage.from;
    const isGiven = platformGiven || this.target.options.platform !== undefined;
    const wanted = isGiven ? formatPlatform(platform) : "";
    switch (base.kind) {
      case "stage": {
        const { state, ref, platform, stepTimes } = await this.stage(base.index);
        return { state: stateOfStage(state), ref, platform, triggers: state.triggers, stepTimes };
      }
      case "image": {
        const image = await this.run.image(base.reference, wanted, line);
        lintBasePlatform(planned, image, this.run.lint);
        return baseOfImage(image);
      }
      case "named": {
        const context = await this.run.namedContext(base.name, wanted, line);
        if (context.kind === "image") return baseOfImage(context.image);
        const ref = await this.runner.filesRef(context.source, base.name);
        return { state: stateOfImage(undefined), ref, platform, triggers: [], stepTimes: new Map() };
      }
      default:
        return { state: stateOfImage(undefined), ref: emptyRef, platform, triggers: [], stepTimes: new Map() };
    }
  }

  private targetPlatform(): string {
    const { platform } = this.target.options;
    return platform === undefined ? "" : formatPlatform(platform);
  }

  /** As BuildKit writes it: `linux/amd64->arm64 ` where a stage of one platform builds for another. */
  private markOf({ platform }: Pick<Base, "platform">): string {
    const { mark, options } = this.target;
    if (mark === "") return "";
    const own = formatPlatform(plainPlatform(platform));
    return own === mark ? `${mark} ` : `${own}->${options.platform?.architecture} `;
  }

  private baseName({ base, stage }: PlannedStage): string {
    if (base.kind === "image") return `the base image ${base.reference}`;
    return base.kind === "stage" ? `stage ${stage.from.image}` : "what it stands on";
  }
}

type ImageOf = Awaited<ReturnType<BuildRun["image"]>>;

function platformOf({ os, architecture, variant }: ImageOf): Platform {
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

function baseOfImage(image: ImageOf): Base {
  const { config, history, author } = image;
  const document = { config: config as StageState["config"], history: history as StageState["history"], author };
  return {
    state: stateOfImage(document),
    ref: imageRef(image),
    platform: platformOf(image),
    triggers: config.OnBuild ?? [],
    stepTimes: new Map(),
  };
}
