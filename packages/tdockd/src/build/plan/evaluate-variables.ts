import type { InstructionOf } from "../dockerfile/instruction.ts";
import type { Evaluation } from "./evaluation.ts";
import { expandInStage } from "./expand-in-stage.ts";
import { recordMetadata } from "./stage-state.ts";
import { withEntries } from "./with-entries.ts";

/** ARG: the value from outside wins, then a global argument of the name, then the default. */
export function evaluateArg(evaluation: Evaluation, instruction: InstructionOf<"arg">): void {
  const { state, buildArgs, globals } = evaluation;
  const texts = instruction.args.map(({ name, value: fallback }) => {
    evaluation.declared.add(name);
    const own = fallback === undefined ? globals.get(name) : undefined;
    const value =
      buildArgs.get(name) ?? own ?? (fallback && expandInStage(evaluation, instruction, fallback)) ?? fallback;
    if (value === undefined) {
      state.args.set(name, state.env.get(name) ?? "");
      return name;
    }
    state.env.set(name, value);
    state.args.set(name, value);
    return `${name}=${value}`;
  });
  recordMetadata(state, `ARG ${texts.join(" ")}`);
}

/** ENV: all its pairs see the values from before it. */
export function evaluateEnv(evaluation: Evaluation, instruction: InstructionOf<"env">): void {
  const { state } = evaluation;
  const pairs = expandPairs(evaluation, instruction);
  const list = [...(state.config.Env ?? [])];
  for (const [name, value] of pairs) {
    state.env.set(name, value);
    const at = list.findIndex((entry) => entry.startsWith(`${name}=`));
    if (at === -1) list.push(`${name}=${value}`);
    else list[at] = `${name}=${value}`;
  }
  state.config = { ...state.config, Env: list };
  recordMetadata(state, `ENV ${pairs.map(([name, value]) => `${name}=${value}`).join(" ")}`);
}

export function evaluateLabel(evaluation: Evaluation, instruction: InstructionOf<"label">): void {
  const { state } = evaluation;
  const pairs = expandPairs(evaluation, instruction);
  state.config = { ...state.config, Labels: withEntries(state.config.Labels, pairs) };
  recordMetadata(state, `LABEL ${pairs.map(([name, value]) => `${name}=${value}`).join(" ")}`);
}

function expandPairs(evaluation: Evaluation, instruction: InstructionOf<"env" | "label">): [string, string][] {
  return instruction.pairs.map(({ name, value }) => [
    expandInStage(evaluation, instruction, name),
    expandInStage(evaluation, instruction, value),
  ]);
}
