import { TdockError } from "@tdock/errors/error";
import { type LogicalLine, positionAt } from "../dockerfile/source.ts";
import { experimentalRules, type LintWarning, type RuleName } from "./rule.ts";
import { type CheckSettings, mergeSettings, noSettings, parseCheckSettings } from "./settings.ts";

/** Collects what the rules find. */
export interface LintReport {
  readonly warnings: readonly LintWarning[];
  /** Adds a warning, unless the file's or the instruction's `# check=` says otherwise. */
  add(rule: RuleName, line: LogicalLine, message: string): void;
  addAt(rule: RuleName, file: string, line: number, message: string): void;
  /** Throws `invalid-argument` when there are warnings and `error=true` was set. */
  check(): void;
}

/** `check` is the value of the file's `# check=` directive. Throws `invalid-argument` when it is malformed. */
export function createLintReport(check: string | undefined): LintReport {
  const settings = check === undefined ? noSettings : parseCheckSettings(check);
  const warnings: LintWarning[] = [];
  const push = (warning: LintWarning, applied: CheckSettings) => {
    const { rule } = warning;
    const names = experimentalRules.has(rule) ? applied.experimental : applied.skip;
    const named = names === "all" || names.has(rule);
    if (named !== experimentalRules.has(rule)) return;
    if (!warnings.some((known) => isSame(known, warning))) warnings.push(warning);
  };
  return {
    warnings,
    add(rule, line, message) {
      const at = positionAt(line, 0);
      push({ rule, message, file: line.file, line: at.line }, settingsFor(line, settings));
    },
    addAt: (rule, file, line, message) => push({ rule, message, file, line }, settings),
    check() {
      if (!settings.error || warnings.length === 0) return;
      const rules = [...new Set(warnings.map(({ rule }) => rule))].join(", ");
      throw new TdockError("invalid-argument", `lint violation found for rules: ${rules}`, { reason: "lint" });
    },
  };
}

/** A comment `# check=skip=…` right above an instruction holds for it alone. */
function settingsFor(line: LogicalLine, settings: CheckSettings): CheckSettings {
  const own = line.comments.flatMap((comment) => /^check\s*=\s*(\S+)/i.exec(comment)?.[1] ?? []);
  if (own[0] === undefined) return settings;
  try {
    return mergeSettings(settings, parseCheckSettings(own[0]));
  } catch {
    return settings; // BuildKit ignores a malformed comment too
  }
}

function isSame(one: LintWarning, other: LintWarning): boolean {
  return one.rule === other.rule && one.line === other.line && one.message === other.message;
}
