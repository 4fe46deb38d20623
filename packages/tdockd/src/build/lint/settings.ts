import { TdockError } from "@tdock/errors/error";

/** What `# check=` says. */
export interface CheckSettings {
  readonly skip: "all" | ReadonlySet<string>;
  readonly experimental: "all" | ReadonlySet<string>;
  /** A warning fails the build. */
  readonly error: boolean;
}

export const noSettings: CheckSettings = { skip: new Set(), experimental: new Set(), error: false };

/** Reads `skip=A,B;error=true;experimental=all`. Throws `invalid-argument`. Follows BuildKit's linter.ParseLintOptions. */
export function parseCheckSettings(text: string): CheckSettings {
  let settings = noSettings;
  for (const part of text.split(";").map((piece) => piece.trim())) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = equals === -1 ? part : part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (equals === -1) throw new TdockError("invalid-argument", `invalid check option "${part}"`);
    if (key === "skip" || key === "experimental") settings = { ...settings, [key]: rulesOf(value) };
    else if (key === "error") settings = { ...settings, error: boolOf(part, value) };
    else throw new TdockError("invalid-argument", `invalid check option "${key}"`);
  }
  return settings;
}

/** Both settings at once: of the file, and of the comment above an instruction. */
export function mergeSettings(one: CheckSettings, other: CheckSettings): CheckSettings {
  return {
    skip: union(one.skip, other.skip),
    experimental: union(one.experimental, other.experimental),
    error: one.error,
  };
}

function union(one: CheckSettings["skip"], other: CheckSettings["skip"]): CheckSettings["skip"] {
  return one === "all" || other === "all" ? "all" : one.union(other);
}

function rulesOf(value: string): CheckSettings["skip"] {
  return value === "all" ? "all" : new Set(value.split(",").map((rule) => rule.trim()));
}

function boolOf(part: string, value: string): boolean {
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw new TdockError("invalid-argument", `failed to parse check option "${part}"`);
}
