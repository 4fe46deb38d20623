import type { Mount as MountMessage } from "./gen/types_pb.ts";

/** A mount as mount(2) takes it, e.g. `{type: "overlay", source: "overlay", options: ["lowerdir=…"]}`. */
export interface Mount {
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** The record of a wire message. */
export function mountOf({ type, source, options }: MountMessage): Mount {
  return { type, source, options };
}

/** The inverse of {@link mountOf}, as a message's initial value. */
export function mountInit({ type, source, options }: Mount) {
  return { type, source, options: [...options] };
}
