import { TdockError } from "@tdock/errors/error";
import { parseDirectives } from "./dockerfile/directives.ts";
import type { InstructionKind } from "./dockerfile/instruction.ts";
import { splitLines } from "./dockerfile/lines.ts";
import { parseInstruction } from "./dockerfile/parse.ts";
import { createLintReport } from "./lint/report.ts";
import { evaluate } from "./plan/evaluate.ts";
import type { ImageDefaults } from "./plan/image-document.ts";
import { stateOfImage } from "./plan/stage-state.ts";

const allowed: ReadonlySet<InstructionKind> = new Set([
  "cmd",
  "entrypoint",
  "env",
  "expose",
  "healthcheck",
  "label",
  "onbuild",
  "stopsignal",
  "user",
  "volume",
  "workdir",
]);

/**
 * Applies instructions of a Dockerfile that only describe (`CMD`, `ENV`, `LABEL`, …), as `import --change` gives them,
 * to what an image says of its containers. Throws `invalid-argument` for others, in Docker's words.
 */
export function applyChanges(config: ImageDefaults, changes: readonly string[]): ImageDefaults {
  const text = changes.join("\n");
  if (text.trim() === "") return config;
  const directives = parseDirectives("change", "");
  const state = stateOfImage({ config, history: [], author: undefined });
  const evaluation = {
    state,
    escapeChar: directives.escapeChar,
    buildArgs: new Map<string, string>(),
    globals: new Map<string, string>(),
    declared: new Set<string>(),
    lint: createLintReport(undefined),
    findSource: () => {
      throw new TdockError("invalid-argument", "a change cannot copy files");
    },
    // A folder that WORKDIR names is made when a container starts in it.
    addStep: () => undefined,
  };
  for (const line of splitLines("change", text, directives).lines) {
    const instruction = parseInstruction(line, directives);
    if (!allowed.has(instruction.kind)) {
      throw new TdockError("invalid-argument", `${instruction.kind.toUpperCase()} is not a valid change command`);
    }
    evaluate(evaluation, instruction);
  }
  return state.config;
}
