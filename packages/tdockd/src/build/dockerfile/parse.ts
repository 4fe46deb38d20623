import type { Directives } from "./directives.ts";
import { splitInstruction } from "./flags.ts";
import type { Instruction, InstructionBody, InstructionKind } from "./instruction.ts";
import { parseAdd, parseCopy } from "./parse-copy.ts";
import { parseFrom } from "./parse-from.ts";
import { parseHealthcheck } from "./parse-healthcheck.ts";
import { parseOnbuild } from "./parse-onbuild.ts";
import { parseArg, parsePairs } from "./parse-pairs.ts";
import { parseCommand, parseRun, parseShell } from "./parse-run.ts";
import { parseExpose, parseSingle, parseVolume } from "./parse-single.ts";
import type { Request } from "./request.ts";
import { type LogicalLine, syntaxError } from "./source.ts";
import { suggestion } from "./suggestion.ts";

const parsers: Readonly<Record<InstructionKind, (request: Request) => InstructionBody>> = {
  add: parseAdd,
  arg: parseArg,
  cmd: (request) => parseCommand(request, "cmd"),
  copy: parseCopy,
  entrypoint: (request) => parseCommand(request, "entrypoint"),
  env: (request) => parsePairs(request, "env"),
  expose: parseExpose,
  from: parseFrom,
  healthcheck: parseHealthcheck,
  label: (request) => parsePairs(request, "label"),
  maintainer: (request) => parseSingle(request, "maintainer"),
  onbuild: parseOnbuild,
  run: parseRun,
  shell: parseShell,
  stopsignal: (request) => parseSingle(request, "stopsignal"),
  user: (request) => parseSingle(request, "user"),
  volume: parseVolume,
  workdir: (request) => parseSingle(request, "workdir"),
};

/**
 * One instruction, typed, variables not yet expanded. Every unknown instruction, unknown flag and wrong number of
 * arguments throws `invalid-argument` with file, line and column. Follows BuildKit's instructions/parse.go.
 */
export function parseInstruction(line: LogicalLine, directives: Pick<Directives, "escapeChar">): Instruction {
  const { keyword, flags, rest, restOffset } = splitInstruction(line.text, directives.escapeChar);
  const kind = keyword.toLowerCase();
  if (!isKind(kind)) {
    const names = Object.keys(parsers).map((name) => name.toUpperCase());
    const shown = keyword.length > 80 ? `${keyword.slice(0, 80)}…` : keyword;
    const begin = line.text.length - line.text.trimStart().length;
    throw syntaxError(line, begin, `unknown instruction: ${shown}${suggestion(keyword, names)}`);
  }
  const request = { line, name: keyword.toUpperCase(), flags, rest, restOffset, escapeChar: directives.escapeChar };
  return { ...parsers[kind](request), line };
}

function isKind(word: string): word is InstructionKind {
  return Object.hasOwn(parsers, word);
}
