import type { ErrorCode } from "@tdock/errors/error";
import type { ExtractRequest } from "./extract-in-root.ts";

export const slotBytes = 512 * 1024;
export const slotCount = 4;

/** What the thread begins with: `slotCount` slots of memory, and where to unpack to. */
export interface ExtractWork extends Pick<ExtractRequest, "rootFd" | "destination" | "keepKinds" | "owner"> {
  readonly memory: SharedArrayBuffer;
}

/** To the thread: bytes of the archive, in order; that these were all; or that nothing more is wanted. */
export type ExtractOrder = { readonly slot: number; readonly length: number } | "end" | "stop";

/** From the thread: a slot that is free again, or how it ended. */
export type ExtractReply =
  | number
  | "done"
  | { readonly code: ErrorCode; readonly message: string; readonly reason: string | undefined };
