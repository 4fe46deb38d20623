import type { LogicalLine } from "./source.ts";

export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** ARG's `name` or `name=value`. */
export interface ArgDefinition {
  readonly name: string;
  readonly value: string | undefined;
}

/** Words of exec form, or one text for the shell. */
export interface CommandForm {
  readonly form: "exec" | "shell";
  readonly words: readonly string[];
}

/** A file whose content stands in the Dockerfile. */
export interface InlineFile {
  readonly name: string;
  readonly content: string;
  readonly expand: boolean;
}

/** What COPY and ADD share. Variables are not expanded yet. */
export interface CopySources {
  readonly sources: readonly string[];
  readonly inline: readonly InlineFile[];
  readonly destination: string;
  readonly chown: string;
  readonly chmod: string;
  readonly link: boolean;
  readonly exclude: readonly string[];
}

export interface HealthcheckForm {
  /** `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`. */
  readonly test: readonly string[];
  /** Durations in nanoseconds, 0 where not given. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export type NetworkMode = "default" | "none" | "host";

interface PairsBody<K> {
  readonly kind: K;
  readonly pairs: readonly Pair[];
  /** `ENV name value`, the form without `=`. */
  readonly legacy: boolean;
}

interface CommandBody<K> {
  readonly kind: K;
  readonly command: CommandForm;
}

interface ListBody<K> {
  readonly kind: K;
  readonly values: readonly string[];
}

interface TextBody<K> {
  readonly kind: K;
  readonly value: string;
}

interface RunBody extends CommandBody<"run"> {
  /** Values of `--mount`, as written. */
  readonly mounts: readonly string[];
  readonly network: NetworkMode;
  readonly security: "sandbox" | "insecure";
}

interface CopyBody extends CopySources {
  readonly kind: "copy";
  readonly from: string;
  readonly parents: boolean;
}

interface AddBody extends CopySources {
  readonly kind: "add";
  readonly keepGitDir: boolean | undefined;
  readonly checksum: string;
  readonly unpack: boolean | undefined;
}

/** What an instruction says, before expansion. */
export type InstructionBody =
  | { readonly kind: "from"; readonly image: string; readonly name: string; readonly platform: string }
  | { readonly kind: "arg"; readonly args: readonly ArgDefinition[] }
  | PairsBody<"env">
  | PairsBody<"label">
  | RunBody
  | CopyBody
  | AddBody
  | CommandBody<"cmd">
  | CommandBody<"entrypoint">
  | { readonly kind: "shell"; readonly words: readonly string[] }
  | { readonly kind: "healthcheck"; readonly healthcheck: HealthcheckForm }
  | ListBody<"expose">
  | ListBody<"volume">
  | TextBody<"user">
  | TextBody<"workdir">
  | TextBody<"stopsignal">
  | TextBody<"maintainer">
  | { readonly kind: "onbuild"; readonly trigger: string };

export type InstructionKind = InstructionBody["kind"];

export type BodyOf<K extends InstructionKind> = Extract<InstructionBody, { readonly kind: K }>;

/** An instruction with the text it was read from. */
export type Instruction = InstructionBody & { readonly line: LogicalLine };

export type InstructionOf<K extends InstructionKind> = Extract<Instruction, { readonly kind: K }>;
