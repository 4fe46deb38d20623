/** How a vertex ended. */
export type Outcome = "done" | "cached" | "failed" | "canceled";

/** Something that a Dockerfile should say otherwise. */
export interface BuildWarning {
  readonly rule: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

/** What a build tells while it goes on. A vertex is one line of work of the progress display. Times in milliseconds. */
export type BuildEvent =
  | { readonly kind: "begin"; readonly vertex: number; readonly title: string; readonly at: number }
  | {
      readonly kind: "end";
      readonly vertex: number;
      readonly outcome: Outcome;
      readonly at: number;
      /** Why it failed. */
      readonly error?: string;
      /** Where the failed instruction stands. */
      readonly place?: { readonly file: string; readonly line: number };
    }
  /** Output of a step, base64. */
  | { readonly kind: "log"; readonly vertex: number; readonly data: string; readonly at: number }
  /** Why a result of an earlier build could not be used. */
  | { readonly kind: "miss"; readonly vertex: number; readonly reason: string }
  /** Bytes that were moved, for transfers; `total` 0 when unknown. */
  | {
      readonly kind: "status";
      readonly vertex: number;
      readonly name: string;
      readonly current: number;
      readonly total: number;
    }
  | ({ readonly kind: "warning" } & BuildWarning)
  /** What the failed step left: it can be looked into. */
  | { readonly kind: "failed-step"; readonly vertex: number; readonly id: string; readonly exitCode: number }
  | {
      readonly kind: "result";
      readonly id: string;
      readonly digest: string;
      readonly names: readonly string[];
      /** Those of an index of several, `linux/arm64`. */
      readonly platforms?: readonly string[];
      /** It has no name, and was not here before: who takes it elsewhere may remove it. */
      readonly isNew?: true;
    };
