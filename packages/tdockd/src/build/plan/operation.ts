import type { NetworkMode } from "../dockerfile/instruction.ts";
import type { RunMount } from "../dockerfile/run-mount.ts";
import type { LogicalLine } from "../dockerfile/source.ts";

/** Where files come from: the build context, a stage, an image, a named context. */
export type SourceRef =
  | { readonly kind: "context" }
  | { readonly kind: "stage"; readonly index: number }
  | { readonly kind: "image"; readonly reference: string }
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "empty" };

/** A mount of RUN, its source found, its target absolute. */
export type PlacedMount = RunMount & { readonly origin: SourceRef };

export interface RunOperation {
  readonly kind: "run";
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly user: string;
  readonly cwd: string;
  readonly mounts: readonly PlacedMount[];
  readonly network: NetworkMode;
  readonly security: "sandbox" | "insecure";
  /** A script with a shebang, shown at `/dev/pipes/<name>`. */
  readonly script: { readonly name: string; readonly content: string } | undefined;
}

/** One source of COPY or ADD. */
export type CopyItem =
  | { readonly kind: "path"; readonly pattern: string }
  | { readonly kind: "inline"; readonly name: string; readonly content: string }
  | { readonly kind: "http"; readonly url: string; readonly name: string }
  | { readonly kind: "git"; readonly url: string };

export interface CopyOperation {
  readonly kind: "copy";
  readonly origin: SourceRef;
  readonly items: readonly CopyItem[];
  /** Absolute; ends with a slash when it must be a folder. */
  readonly destination: string;
  readonly chown: string;
  readonly chmod: string;
  readonly link: boolean;
  readonly parents: boolean;
  readonly exclude: readonly string[];
  /** Archives are unpacked: `local` those of the context, `all` downloaded ones too. */
  readonly unpack: "none" | "local" | "all";
  readonly checksum: string;
  readonly keepGitDir: boolean;
  readonly instruction: "COPY" | "ADD";
}

export interface WorkdirOperation {
  readonly kind: "workdir";
  readonly path: string;
  /** Owner of folders that are made. */
  readonly user: string;
}

/** What a step does to the file system. */
export type Operation = RunOperation | CopyOperation | WorkdirOperation;

/** Something to carry out, in the order of its stage. */
export interface Step {
  readonly operation: Operation;
  /** `[build 2/5] RUN make`, for the progress display. */
  readonly title: string;
  /** The instruction as it is written, variables expanded. */
  readonly text: string;
  readonly line: LogicalLine;
  /** Index of the step's entry in the stage's history. */
  readonly historyIndex: number;
  /** Build arguments in force, name to value, for the miss explanation. */
  readonly args: ReadonlyMap<string, string>;
}
