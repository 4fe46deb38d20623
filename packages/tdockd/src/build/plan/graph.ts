import { TdockError } from "@tdock/errors/error";
import { type Platform, parsePlatform } from "../../registry/platform.ts";
import { csvFields } from "../dockerfile/csv.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import { syntaxError } from "../dockerfile/source.ts";
import type { Dockerfile, Stage } from "../dockerfile/stages.ts";
import { suggestion } from "../dockerfile/suggestion.ts";
import { type BuildOptions, expandGlobal } from "./arguments.ts";
import type { SourceRef } from "./operation.ts";

/** A stage with what it stands on. */
export interface PlannedStage {
  readonly stage: Stage;
  readonly base: SourceRef;
  /** Of FROM --platform, else the build's target. */
  readonly platform: Platform;
  readonly platformGiven: boolean;
}

export interface StageGraph {
  readonly stages: readonly PlannedStage[];
  readonly target: number;
  readonly globals: ReadonlyMap<string, string>;
}

/**
 * Decides what each stage stands on and which stage is wanted. Stages that the target does not need are simply
 * never asked for. Throws `invalid-argument` for a blank base name, an unknown target, a bad platform.
 */
export function planStages(
  dockerfile: Dockerfile,
  options: BuildOptions,
  globals: ReadonlyMap<string, string>,
): StageGraph {
  const stages: PlannedStage[] = [];
  for (const stage of dockerfile.stages) stages.push(planStage(dockerfile, options, globals, stages, stage));
  return { stages, target: findTarget(stages, options.target), globals };
}

function planStage(
  dockerfile: Dockerfile,
  options: BuildOptions,
  globals: ReadonlyMap<string, string>,
  earlier: readonly PlannedStage[],
  stage: Stage,
): PlannedStage {
  const { from } = stage;
  const image = expandGlobal(from.image, globals, dockerfile, from.line);
  if (image === "") throw syntaxError(from.line, 0, `base name (${from.image}) should not be blank`);
  const target = options.platform ?? options.buildPlatform;
  const platformText = expandGlobal(from.platform, globals, dockerfile, from.line);
  if (from.platform !== "" && platformText === "") {
    throw syntaxError(from.line, 0, `empty platform value from expression ${from.platform}`);
  }
  const platform = platformText === "" ? target : platformAt(from.line, platformText);
  const base = baseOf(stage, image, earlier, options.contexts);
  return { stage, base, platform, platformGiven: platformText !== "" };
}

function platformAt(line: Instruction["line"], text: string): Platform {
  try {
    return parsePlatform(text);
  } catch (thrown) {
    throw syntaxError(line, 0, `failed to parse platform ${text}: ${TdockError.from(thrown).message}`);
  }
}

/** A named context takes the place of a stage of that name, and of an image of that name. */
function baseOf(
  stage: Stage,
  image: string,
  earlier: readonly PlannedStage[],
  contexts: ReadonlySet<string>,
): SourceRef {
  if (stage.from.name !== "" && contexts.has(stage.from.name)) return { kind: "named", name: stage.from.name };
  const parent = earlier.findLast((candidate) => candidate.stage.from.name === image.toLowerCase());
  if (parent !== undefined) return { kind: "stage", index: parent.stage.index };
  if (image === "scratch") return { kind: "empty" };
  if (contexts.has(image)) return { kind: "named", name: image };
  return { kind: "image", reference: image };
}

function findTarget(stages: readonly PlannedStage[], target: string): number {
  if (target === "") return stages.length - 1;
  const found = stages.findLastIndex(({ stage }) => stage.from.name === target.toLowerCase());
  if (found !== -1) return found;
  if (/^\d+$/.test(target) && Number(target) < stages.length) return Number(target);
  const names = stages.map(({ stage }) => stage.from.name).filter((name) => name !== "");
  throw new TdockError("invalid-argument", `target stage "${target}" could not be found${suggestion(target, names)}`);
}

/**
 * What `--from=NAME` in stage `current` means. Throws for a stage that comes later, and for itself.
 * Follows BuildKit's dockerfile2llb (toCommand).
 */
export function findSource(
  graph: Pick<StageGraph, "stages">,
  contexts: ReadonlySet<string>,
  current: number,
  line: Instruction["line"],
  from: string,
): SourceRef {
  if (from === "") return { kind: "context" };
  const index = /^\d+$/.test(from)
    ? Number(from)
    : graph.stages.findLastIndex(({ stage }) => stage.from.name === from.toLowerCase());
  if (index >= graph.stages.length) throw syntaxError(line, 0, `invalid stage index ${from}`);
  if (index === -1) return sourceOutside(contexts, from);
  if (index === current) throw syntaxError(line, 0, `circular dependency detected on stage: ${from}`);
  if (index > current) {
    throw syntaxError(line, 0, `cannot copy from stage "${from}", it needs to be defined before the current stage`);
  }
  return { kind: "stage", index };
}

function sourceOutside(contexts: ReadonlySet<string>, from: string): SourceRef {
  if (contexts.has(from)) return { kind: "named", name: from };
  if (from === "scratch") return { kind: "empty" };
  return { kind: "image", reference: from };
}

/** The names behind `--from` and `--mount=from=` in an instruction, for the lint rules and the graph. */
export function sourcesNamed(instruction: Instruction): readonly string[] {
  if (instruction.kind === "copy") return instruction.from === "" ? [] : [instruction.from];
  if (instruction.kind !== "run") return [];
  return instruction.mounts.flatMap((mount) =>
    csvFields(mount).flatMap((field) => (/^from=/i.test(field) ? [field.slice(5)] : [])),
  );
}
