import { expandWord } from "../dockerfile/expand.ts";
import type { Dockerfile, Stage } from "../dockerfile/stages.ts";
import { suggestion } from "../dockerfile/suggestion.ts";
import type { StageGraph } from "../plan/graph.ts";
import type { LintReport } from "./report.ts";

/** The rules about FROM: its variables and its platform. */
export function lintBases(dockerfile: Dockerfile, { globals }: Pick<StageGraph, "globals">, report: LintReport): void {
  const declared = new Set([
    ...globals.keys(),
    ...dockerfile.globalArgs.flatMap(({ args }) => args.map(({ name }) => name)),
  ]);
  const lookup = (name: string) => globals.get(name);
  for (const stage of dockerfile.stages) {
    const image = expandWord(stage.from.image, lookup, dockerfile);
    const platform = expandWord(stage.from.platform, lookup, dockerfile);
    for (const name of [...image.unset, ...platform.unset]) {
      if (declared.has(name)) continue;
      const hint = suggestion(name, [...declared]);
      report.add("UndefinedArgInFrom", stage.from.line, `FROM argument '${name}' is not declared${hint}`);
    }
    lintPlatform(stage, platform, globals.get("TARGETPLATFORM"), report);
    lintDefaults(dockerfile, stage, report);
  }
}

function lintPlatform(
  { from }: Stage,
  { value, used, unset }: ReturnType<typeof expandWord>,
  target: string | undefined,
  report: LintReport,
): void {
  if (from.platform === "") return;
  if (used.size === 1 && used.has("TARGETPLATFORM") && value === target) {
    const message = `Setting platform to predefined ${from.platform} in FROM is redundant as this is the default behavior`;
    report.add("RedundantTargetPlatform", from.line, message);
  }
  const [os = "", architecture = ""] = value.split("/");
  const named = from.name.includes(os) || (architecture !== "" && from.name.includes(architecture));
  if (used.size > 0 || unset.size > 0 || named) return;
  const message = `FROM --platform flag should not use constant value "${value}"`;
  report.add("FromPlatformFlagConstDisallowed", from.line, message);
}

/** A base name that holds only with build arguments from outside is likely to surprise. */
function lintDefaults(dockerfile: Dockerfile, { from }: Stage, report: LintReport): void {
  const defaults = new Map<string, string>();
  for (const { args } of dockerfile.globalArgs) {
    for (const { name, value } of args) {
      if (value !== undefined) defaults.set(name, expandWord(value, (other) => defaults.get(other), dockerfile).value);
    }
  }
  const { value, used, unset } = expandWord(from.image, (name) => defaults.get(name), dockerfile);
  if (used.size + unset.size === 0 || /^[^:@\s]\S*$/.test(value)) {
    if (!/[:@]$/.test(value)) return;
  }
  const message = `Default value for ARG ${from.image} results in empty or invalid base image name`;
  report.add("InvalidDefaultArgInFrom", from.line, message);
}
