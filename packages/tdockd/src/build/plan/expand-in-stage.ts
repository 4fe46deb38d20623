import { expandWord } from "../dockerfile/expand.ts";
import type { Instruction } from "../dockerfile/instruction.ts";
import { suggestion } from "../dockerfile/suggestion.ts";
import type { Evaluation } from "./evaluation.ts";

/** Expands one word with the stage's variables; unset names are reported to the lint rules. */
export function expandInStage(evaluation: Evaluation, { line }: Pick<Instruction, "line">, word: string): string {
  const { state, escapeChar } = evaluation;
  const { value, unset } = expandWord(word, (name) => state.env.get(name), { escapeChar });
  for (const name of unset) {
    if (evaluation.declared.has(name)) continue;
    const hint = suggestion(name, [...state.env.keys()]).replace("mean ", "mean $");
    evaluation.lint.add("UndefinedVar", line, `Usage of undefined variable '$${name}'${hint}`);
  }
  return value;
}
