import { parseDirectives } from "./directives.ts";
import type { Instruction, InstructionOf } from "./instruction.ts";
import { splitLines } from "./lines.ts";
import { parseInstruction } from "./parse.ts";
import { syntaxError } from "./source.ts";

/** One FROM and what follows it. */
export interface Stage {
  readonly index: number;
  readonly from: InstructionOf<"from">;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  readonly file: string;
  readonly escapeChar: "\\" | "`";
  readonly syntax: string | undefined;
  readonly check: string | undefined;
  /** ARG before the first FROM. */
  readonly globalArgs: readonly InstructionOf<"arg">[];
  readonly stages: readonly Stage[];
  readonly emptyContinuations: readonly number[];
}

/** Instructions that one Dockerfile may hold. */
const maxInstructions = 10_000;

/**
 * Reads a Dockerfile: text to typed instructions in stages. `file` is its name in error messages, which all give
 * file, line and column. Throws `invalid-argument`.
 */
export function parseDockerfile(file: string, source: string): Dockerfile {
  const text = source.replace(/^\u{FEFF}/u, "");
  const directives = parseDirectives(file, text);
  const { lines, emptyContinuations } = splitLines(file, text, directives);
  const globalArgs: InstructionOf<"arg">[] = [];
  const stages: { from: InstructionOf<"from">; instructions: Instruction[] }[] = [];
  for (const [index, line] of lines.entries()) {
    if (index >= maxInstructions) throw syntaxError(line, 0, `more than ${maxInstructions} instructions`);
    const instruction = parseInstruction(line, directives);
    const stage = stages.at(-1);
    if (instruction.kind === "from") stages.push({ from: instruction, instructions: [] });
    else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.kind === "arg") globalArgs.push(instruction);
    else throw syntaxError(line, 0, "no build stage in current context: FROM must come first");
  }
  if (stages.length === 0) throw syntaxError(lines[0] ?? noLine(file), 0, "dockerfile contains no stages to build");
  const { escapeChar, syntax, check } = directives;
  const numbered = stages.map((stage, index) => ({ index, ...stage }));
  return { file, escapeChar, syntax, check, globalArgs, stages: numbered, emptyContinuations };
}

function noLine(file: string) {
  return { file, spans: [] };
}

/**
 * Reads an image's ONBUILD trigger as one instruction. Its errors name the image's trigger as the file.
 */
export function parseTrigger(trigger: string): Instruction {
  const file = "ONBUILD trigger of the base image";
  const { lines } = splitLines(file, trigger, parseDirectives(file, ""));
  const [line, ...more] = lines;
  if (line === undefined || more.length > 0) {
    throw syntaxError(line ?? noLine(file), 0, "onbuild trigger should be a single expression");
  }
  const instruction = parseInstruction(line, { escapeChar: "\\" });
  if (instruction.kind === "from" || instruction.kind === "onbuild" || instruction.kind === "maintainer") {
    throw syntaxError(line, 0, `${instruction.kind.toUpperCase()} isn't allowed as an ONBUILD trigger`);
  }
  return instruction;
}
