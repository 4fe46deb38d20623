import type { ImageRecord } from "../../images/image.ts";
import type { BuildEngine } from "../build-engine.ts";
import type { RunLimits } from "../build-limits.ts";
import type { LogicalLine } from "../dockerfile/source.ts";
import type { LintReport } from "../lint/report.ts";
import type { Progress } from "../progress/progress.ts";
import type { ImportedCache } from "../remote-cache/imported-cache.ts";
import type { Source } from "../steps/source.ts";
import type { BuildClient } from "./build-client.ts";
import type { Semaphore } from "./semaphore.ts";

/** One build while it runs. */
export interface BuildRun {
  readonly id: string;
  readonly engine: BuildEngine;
  readonly limits: RunLimits;
  readonly progress: Progress;
  readonly lint: LintReport;
  readonly client: BuildClient;
  /** Aborted when the client is gone, or the build has failed: ends all that it started. */
  readonly signal: AbortSignal;
  /** In the exec root: what dies with the build. */
  readonly folder: string;
  /** In the data root, on the file system of the snapshots: what is laid out for steps. */
  readonly scratch: string;
  /** Steps that may run side by side. */
  readonly steps: Semaphore;
  /** Whether a stage's steps must not take earlier results. */
  ignoresCache(stage: string): boolean;
  /** Tells builds apart whose steps are compared for the explanation of a miss. */
  readonly scope: string;
  /** What other engines have kept. */
  readonly imports: ImportedCache;
  /** Cache mounts that steps of this build used: their names, and what people know them by. */
  readonly usedMounts: Map<string, string>;
  /** Keeps cache mounts of different projects apart. */
  readonly cacheNamespace: string;
  /** SOURCE_DATE_EPOCH, seconds since 1970: no time in the result is later. */
  readonly epoch: number | undefined;
  /** Only look for problems: no step is carried out, and none is looked for in the cache. */
  readonly checkOnly: boolean;
  /** What the context's ignore file says. */
  readonly ignorePatterns: readonly string[];
  /** Keep what a failed step left, for looking into it. */
  readonly keepFailed: boolean;
  /** Keeps a snapshot from being removed while the build runs. */
  hold(snapshot: string): void;
  /** Work that goes on beside the steps; the build ends when it is done, and fails when it fails. */
  keepBusy(work: Promise<void>): void;
  /** The build context. */
  context(): Promise<Extract<Source, { kind: "tree" }>>;
  /** An additional context: an image for a platform, or files. `line` is what asks for it. */
  namedContext(name: string, platform: string, line?: LogicalLine): Promise<NamedContext>;
  /** An image, pulled when it is not here or `--pull` was given. `line` is what asks for it. */
  image(reference: string, platform: string, line?: LogicalLine): Promise<ImageRecord>;
}

export type NamedContext =
  | { readonly kind: "image"; readonly image: ImageRecord }
  | { readonly kind: "files"; readonly source: Extract<Source, { kind: "tree" }> };
