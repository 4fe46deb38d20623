import type { Platform } from "../../registry/platform.ts";
import type { StepInputs } from "../cache/step-record.ts";
import type { Step } from "../plan/operation.ts";
import type { CopyFiles } from "./copy-files.ts";
import type { Ref } from "./ref.ts";

/** Where a step stands. */
export interface StepPlace {
  readonly stage: string;
  /** Tells the platforms of a build apart, with a space behind it: "" where there is one. */
  readonly mark: string;
  /** What programs of the stage are made for. */
  readonly platform: Platform;
  readonly index: number;
  /** What the stage stands on, for messages. */
  readonly base: string;
}

/** A step with all that decides it. */
export interface KnownStep {
  readonly step: Step;
  readonly parent: Ref;
  readonly place: StepPlace;
  readonly inputs: StepInputs;
  readonly key: string;
  /** Of a `COPY --link`: a result with it is the same layer, wherever it stands. */
  readonly linkKey: string | undefined;
  readonly slot: string;
  /** What COPY and ADD copy. */
  readonly files: CopyFiles | undefined;
}

/** What was copied into the file system that the step makes. */
export function copiedUpTo({ parent, files }: KnownStep): Ref["copied"] {
  return files === undefined ? parent.copied : [...parent.copied, files];
}
