import { TdockError } from "@tdock/errors/error";
import type { Instruction, InstructionKind, InstructionOf } from "../dockerfile/instruction.ts";
import { syntaxError } from "../dockerfile/source.ts";
import { evaluateCopy } from "./evaluate-copy.ts";
import {
  evaluateExpose,
  evaluateMaintainer,
  evaluateOnbuild,
  evaluateStopSignal,
  evaluateUser,
  evaluateVolume,
} from "./evaluate-image.ts";
import { evaluateCommand, evaluateHealthcheck, evaluateShell, evaluateWorkdir } from "./evaluate-process.ts";
import { evaluateRun } from "./evaluate-run.ts";
import { evaluateArg, evaluateEnv, evaluateLabel } from "./evaluate-variables.ts";
import type { Evaluation } from "./evaluation.ts";

type Evaluators = { readonly [K in InstructionKind]: (evaluation: Evaluation, instruction: InstructionOf<K>) => void };

const evaluators: Evaluators = {
  add: evaluateCopy,
  arg: evaluateArg,
  cmd: evaluateCommand,
  copy: evaluateCopy,
  entrypoint: evaluateCommand,
  env: evaluateEnv,
  expose: evaluateExpose,
  from: () => {},
  healthcheck: evaluateHealthcheck,
  label: evaluateLabel,
  maintainer: evaluateMaintainer,
  onbuild: evaluateOnbuild,
  run: evaluateRun,
  shell: evaluateShell,
  stopsignal: evaluateStopSignal,
  user: evaluateUser,
  volume: evaluateVolume,
  workdir: evaluateWorkdir,
};

/**
 * Applies one instruction to the stage's state: its variables are expanded, the image's defaults and history follow,
 * and what touches files becomes a step. Throws `invalid-argument` with the instruction's place.
 * Follows BuildKit's dockerfile2llb/convert.go (dispatch).
 */
export function evaluate(evaluation: Evaluation, instruction: Instruction): void {
  const apply = evaluators[instruction.kind] as (evaluation: Evaluation, instruction: Instruction) => void;
  try {
    apply(evaluation, instruction);
  } catch (thrown) {
    const error = TdockError.from(thrown);
    if (error.reason === "dockerfile" || error.code !== "invalid-argument") throw error;
    throw syntaxError(instruction.line, 0, error.message);
  }
}
