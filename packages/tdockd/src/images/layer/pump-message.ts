import type { ErrorCode } from "@tdock/errors/error";
import type { LayerFacts } from "./layer-rules.ts";

/** To the thread. Descriptors change hands: the thread closes them. */
export type PumpRequest =
  | {
      readonly kind: "start";
      readonly id: number;
      readonly from: number;
      readonly to: number;
      /** Of `from`, when that is a file that grows: see `SharedLength`. */
      readonly progress: SharedArrayBuffer | undefined;
    }
  | { readonly kind: "stop"; readonly id: number };

/** What flowed through. */
export interface FilteredLayer {
  readonly facts: LayerFacts;
  /** Digest of the tar as it came: `sha256:…`. */
  readonly diffId: string;
}

/** From the thread: how a layer ended. */
export type PumpReply =
  | ({ readonly kind: "done"; readonly id: number } & FilteredLayer)
  | {
      readonly kind: "failed";
      readonly id: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly reason: string | undefined;
    };
