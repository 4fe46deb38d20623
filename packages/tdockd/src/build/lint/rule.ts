/** A lint rule of BuildKit's Dockerfile frontend (frontend/dockerfile/linter/ruleset.go), by its public name. */
export type RuleName =
  | "StageNameCasing"
  | "FromAsCasing"
  | "NoEmptyContinuation"
  | "ConsistentInstructionCasing"
  | "DuplicateStageName"
  | "ReservedStageName"
  | "JSONArgsRecommended"
  | "MaintainerDeprecated"
  | "UndefinedArgInFrom"
  | "WorkdirRelativePath"
  | "UndefinedVar"
  | "MultipleInstructionsDisallowed"
  | "LegacyKeyValueFormat"
  | "InvalidBaseImagePlatform"
  | "RedundantTargetPlatform"
  | "SecretsUsedInArgOrEnv"
  | "InvalidDefaultArgInFrom"
  | "FromPlatformFlagConstDisallowed"
  | "CopyIgnoredFile"
  | "InvalidDefinitionDescription"
  | "ExposeProtoCasing"
  | "ExposeInvalidFormat";

/** Rules that speak only when `# check=experimental=` names them. */
export const experimentalRules: ReadonlySet<RuleName> = new Set(["InvalidDefinitionDescription"]);

/** Something the Dockerfile should say otherwise. The build goes on unless `# check=error=true`. */
export interface LintWarning {
  readonly rule: RuleName;
  readonly message: string;
  readonly file: string;
  readonly line: number;
}
