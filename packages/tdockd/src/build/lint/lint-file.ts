import type { Instruction } from "../dockerfile/instruction.ts";
import type { Dockerfile, Stage } from "../dockerfile/stages.ts";
import type { LintReport } from "./report.ts";

/** The rules that need nothing but the text: casing, names, duplicates. */
export function lintFile(dockerfile: Dockerfile, report: LintReport): void {
  for (const line of dockerfile.emptyContinuations) {
    report.addAt("NoEmptyContinuation", dockerfile.file, line, "Empty continuation line");
  }
  lintCasing(dockerfile, report);
  const names = new Set<string>();
  for (const stage of dockerfile.stages) {
    lintStageName(stage, names, report);
    lintRepeats(stage, report);
    for (const instruction of stage.instructions) lintInstruction(instruction, report);
  }
  for (const { line, args } of dockerfile.globalArgs) {
    const found = args.map(({ name }) => name);
    lintDescription("ARG", found, line, report);
  }
}

function lintStageName({ from }: Stage, names: Set<string>, report: LintReport): void {
  const [keyword = "", ...words] = from.line.text.trim().split(/\s+/);
  const [as, name] = words.filter((word) => !word.startsWith("--")).slice(1);
  if (as === undefined || name === undefined) return;
  if (name !== name.toLowerCase()) {
    report.add("StageNameCasing", from.line, `Stage name '${name}' should be lowercase`);
  }
  const casing = casingOf(keyword);
  if (casing !== undefined && casingOf(as) !== casing) {
    report.add("FromAsCasing", from.line, `'${as}' and '${keyword}' keywords' casing do not match`);
  }
  if (from.name === "scratch" || from.name === "context") {
    const message = `Stage name should not use the same name as reserved stage "${from.name}"`;
    report.add("ReservedStageName", from.line, message);
  }
  if (names.has(from.name)) {
    report.add("DuplicateStageName", from.line, `Duplicate stage name "${name}", stage names should be unique`);
  }
  names.add(from.name);
  lintDescription("FROM", [from.name], from.line, report);
}

function casingOf(word: string): "lowercase" | "uppercase" | undefined {
  if (word === word.toLowerCase()) return "lowercase";
  return word === word.toUpperCase() ? "uppercase" : undefined;
}

function lintCasing(dockerfile: Dockerfile, report: LintReport): void {
  const all = dockerfile.stages.flatMap((stage) => [stage.from, ...stage.instructions]);
  const casings = all.map(({ line }) => casingOf(keywordOf(line.text)));
  const lower = casings.filter((casing) => casing === "lowercase").length;
  const upper = casings.filter((casing) => casing === "uppercase").length;
  const wanted = lower > upper ? "lowercase" : "uppercase";
  for (const [index, { line }] of all.entries()) {
    if (casings[index] === wanted) continue;
    const message = `Command '${keywordOf(line.text)}' should match the case of the command majority (${wanted})`;
    report.add("ConsistentInstructionCasing", line, message);
  }
}

function keywordOf(text: string): string {
  return /^\s*(\S+)/.exec(text)?.[1] ?? "";
}

function lintRepeats(stage: Stage, report: LintReport): void {
  for (const kind of ["cmd", "entrypoint", "healthcheck"] as const) {
    const found = stage.instructions.filter((instruction) => instruction.kind === kind);
    for (const { line } of found.slice(0, -1)) {
      const name = kind.toUpperCase();
      const message = `Multiple ${name} instructions should not be used in the same stage because only the last one will be used`;
      report.add("MultipleInstructionsDisallowed", line, message);
    }
  }
}

function lintInstruction(instruction: Instruction, report: LintReport): void {
  const { line } = instruction;
  switch (instruction.kind) {
    case "maintainer":
      report.add("MaintainerDeprecated", line, "Maintainer instruction is deprecated in favor of using label");
      return;
    case "env":
    case "label":
      if (instruction.legacy) report.add("LegacyKeyValueFormat", line, legacyMessage(instruction.kind.toUpperCase()));
      if (instruction.kind === "env") for (const { name } of instruction.pairs) lintSecret("ENV", name, line, report);
      return;
    case "arg":
      for (const { name } of instruction.args) lintSecret("ARG", name, line, report);
      lintDescription(
        "ARG",
        instruction.args.map(({ name }) => name),
        line,
        report,
      );
  }
}

function legacyMessage(name: string): string {
  return `"${name} key=value" should be used instead of legacy "${name} key value" format`;
}

const secretWords = [
  "apikey",
  "auth",
  "credential",
  "credentials",
  "key",
  "password",
  "pword",
  "passwd",
  "secret",
  "token",
];
const publicWords = ["public", "file", "version"];

/** A name says secret when one of its words does, and it does not speak of something public. */
function lintSecret(instruction: string, name: string, line: Instruction["line"], report: LintReport): void {
  const words = name.toLowerCase().split("_");
  const has = (wanted: readonly string[]) => words.some((word) => wanted.includes(word));
  if (!has(secretWords) || has(publicWords)) return;
  const message = `Do not use ARG or ENV instructions for sensitive data (${instruction} "${name}")`;
  report.add("SecretsUsedInArgOrEnv", line, message);
}

function lintDescription(
  instruction: string,
  names: readonly string[],
  line: Instruction["line"],
  report: LintReport,
): void {
  const comment = line.comments.at(-1);
  if (comment === undefined || names.length === 0 || names.includes(comment.split(" ", 1)[0] ?? "")) return;
  const example = names.length > 1 ? "<arg_key>" : names[0];
  const message = `Comment for ${instruction} should follow the format: \`# ${example} <description>\``;
  report.add("InvalidDefinitionDescription", line, message);
}
