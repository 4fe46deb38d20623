import { TdockError } from "@tdock/errors/error";

/** The part `name` of a reply, which containerd always sends; `internal` when it did not. */
export function present<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new TdockError("internal", `containerd's reply lacks ${name}`);
  return part;
}
