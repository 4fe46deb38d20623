import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";

/**
 * The place in a container that something is to be mounted at, cleaned. Throws `invalid-argument` for a path that is
 * not absolute and for the root itself.
 */
export function checkDestination(path: string, specification: string): string {
  if (!posix.isAbsolute(path) || path.includes("\0")) {
    const message = `invalid volume specification: '${specification}': invalid mount config: invalid mount path: '${path}' mount path must be absolute`;
    throw new TdockError("invalid-argument", message);
  }
  const clean = posix.normalize(path).replace(/(.)\/+$/, "$1");
  if (clean !== "/") return clean;
  throw new TdockError("invalid-argument", `invalid specification: destination can't be '/'`);
}

/** Places whose content the runtime and the kernel rely on: CVE-2025-31133, CVE-2025-52565, CVE-2025-52881. */
const kept = new Set(["/dev", "/dev/console", "/dev/null", "/dev/pts", "/proc", "/sys"]);

/** Throws `invalid-argument` for a mount over what keeps a container apart from its host. */
export function checkSystemPlace(destination: string): void {
  if (!kept.has(destination) && !destination.startsWith("/proc/")) return;
  const message = `invalid mount path: '${destination}' may only be mounted over in a privileged container`;
  throw new TdockError("invalid-argument", message);
}
