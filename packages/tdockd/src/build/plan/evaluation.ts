import type { Instruction } from "../dockerfile/instruction.ts";
import type { LintReport } from "../lint/report.ts";
import type { Operation, SourceRef } from "./operation.ts";
import type { StageState } from "./stage-state.ts";

/** What the evaluation of one stage works with. */
export interface Evaluation {
  readonly state: StageState;
  readonly escapeChar: string;
  /** Values from outside: `--build-arg`. */
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Arguments of before the first FROM, and the platform's. */
  readonly globals: ReadonlyMap<string, string>;
  /** Names that ARG declared, with or without a value. */
  readonly declared: Set<string>;
  readonly lint: LintReport;
  /** What `--from=NAME` means in this stage. */
  findSource(line: Instruction["line"], from: string): SourceRef;
  /** Adds a step to the state. `text` is the instruction with its variables expanded. */
  addStep(instruction: Instruction, text: string, operation: Operation, historyIndex: number): void;
}
