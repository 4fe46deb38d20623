import { TdockError } from "@tdock/errors/error";

/**
 * Throws `not-implemented` for a digest under which nothing can be kept here: containerd names what it stores by sha256,
 * whatever it is asked for.
 */
export function checkKept(digest: string): void {
  if (digest.startsWith("sha256:")) return;
  throw new TdockError("not-implemented", `containerd stores content by sha256 only, not as ${digest}`);
}
