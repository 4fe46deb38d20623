import type { Mount as MountMessage } from "./gen/types_pb.ts";

/** A mount as mount(2) takes it, e.g. `{type: "overlay", source: "overlay", options: ["lowerdir=…"]}`. */
export interface Mount {
  readonly type: string;
  readonly source: string;
  /** Path below the root that is being put together; "" for the root itself. */
  readonly target?: string;
  readonly options: readonly string[];
}

/** The record of a wire message. */
export function mountOf({ type, source, target, options }: MountMessage): Mount {
  return { type, source, options, ...(target === "" ? {} : { target }) };
}

/** The inverse of {@link mountOf}, as a message's initial value. */
export function mountInit({ type, source, target = "", options }: Mount) {
  return { type, source, target, options: [...options] };
}
