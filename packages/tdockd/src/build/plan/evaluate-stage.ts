import { TdockError } from "@tdock/errors/error";
import type { Instruction } from "../dockerfile/instruction.ts";
import { positionAt, syntaxErrorAt } from "../dockerfile/source.ts";
import { parseTrigger } from "../dockerfile/stages.ts";
import type { LintReport } from "../lint/report.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { findSource, type PlannedStage, type StageGraph } from "./graph.ts";
import type { StageState } from "./stage-state.ts";

export interface StageInput {
  readonly graph: StageGraph;
  readonly planned: PlannedStage;
  /** Stands before the stage's name in titles: what tells platforms apart. */
  readonly mark: string;
  /** The state to begin with; it is changed. */
  readonly state: StageState;
  /** ONBUILD texts that what this stage stands on left for it. */
  readonly triggers: readonly string[];
  readonly escapeChar: string;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly contexts: ReadonlySet<string>;
  readonly lint: LintReport;
}

/** Runs a stage's triggers and instructions through the evaluation. Pure but for `state`. */
export function evaluateStage(input: StageInput): StageState {
  const { planned, state } = input;
  const triggered = input.triggers.map((trigger) => readTrigger(planned, trigger));
  const counter = titles(input, [...triggered, ...planned.stage.instructions]);
  const evaluation: Evaluation = {
    state,
    escapeChar: input.escapeChar,
    buildArgs: input.buildArgs,
    globals: input.graph.globals,
    declared: new Set(state.args.keys()),
    lint: input.lint,
    findSource: (line, from) => findSource(input.graph, input.contexts, planned.stage.index, line, from),
    addStep: (instruction, text, operation, historyIndex) => {
      const mark = triggered.includes(instruction) ? "ONBUILD " : "";
      const title = `${counter.next()} ${mark}${text}`;
      const args = new Map(state.args);
      state.steps.push({ operation, title, text, line: instruction.line, historyIndex, args });
    },
  };
  for (const instruction of triggered) evaluate({ ...evaluation, escapeChar: "\\" }, instruction);
  for (const instruction of planned.stage.instructions) evaluate(evaluation, instruction);
  return state;
}

function readTrigger({ stage }: PlannedStage, trigger: string): Instruction {
  try {
    return parseTrigger(trigger);
  } catch (thrown) {
    const { line } = stage.from;
    throw syntaxErrorAt(line.file, positionAt(line, 0), TdockError.from(thrown).message);
  }
}

const counted: ReadonlySet<Instruction["kind"]> = new Set(["add", "copy", "run", "workdir"]);

/** `[name 2/5]`; the base, unless it is a stage or nothing, is number 1. */
function titles(input: StageInput, instructions: readonly Instruction[]): { next(): string } {
  const { base } = input.planned;
  const hasBase = base.kind === "image" || base.kind === "named";
  const total = instructions.filter(({ kind }) => counted.has(kind)).length + (hasBase ? 1 : 0);
  const single = input.graph.stages.length === 1;
  const name = input.mark + (single ? "" : `${stageName(input.planned)} `);
  let number = hasBase ? 1 : 0;
  return {
    next() {
      number++;
      return `[${name}${String(number).padStart(String(total).length)}/${total}]`;
    },
  };
}

/** The name of a stage in titles: `stage-2` where it has none. */
export function stageName({ stage }: Pick<PlannedStage, "stage">): string {
  return stage.from.name || `stage-${stage.index}`;
}
