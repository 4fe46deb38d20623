import { posix } from "node:path";
import { TdockError } from "@tdock/errors/error";

/** One end of a copy. */
export interface CopyEnd {
  /** As given: a slash or `/.` at its end means something. */
  readonly path: string;
  readonly kind: "folder" | "file" | "absent";
}

/** Where an archive of one file or folder is to be unpacked, and the name that it has there. */
export interface CopyPlan {
  readonly folder: string;
  /** Undefined: the name that it has in the archive; `.` in the archive then means the folder itself. */
  readonly name: string | undefined;
}

/** The name that the first part of every name in the archive has: `.` when only the content of a folder is meant. */
export function archiveName(path: string): string {
  return /(^|\/)\.$/.test(path) ? "." : posix.basename(posix.normalize(path)) || "/";
}

/**
 * Docker's rules for `cp` (moby `pkg/archive/copy.go`): into a folder that exists under its own name; else its parent
 * gets it under the new name. Throws `invalid-argument` or `not-found` for what cannot be.
 */
export function planCopy(source: CopyEnd, target: CopyEnd): CopyPlan {
  if (target.kind === "folder") return { folder: target.path, name: undefined };
  const endsAsFolder = /(^|\/)\.?$/.test(target.path);
  if (target.kind === "file" && endsAsFolder) throw new TdockError("invalid-argument", "not a directory");
  if (target.kind === "file" && source.kind === "folder") {
    throw new TdockError("invalid-argument", "cannot copy directory");
  }
  if (target.kind === "absent" && source.kind === "file" && endsAsFolder) {
    throw new TdockError("not-found", "no such directory");
  }
  const clean = posix.normalize(target.path).replace(/(.)\/$/, "$1");
  return { folder: posix.dirname(clean), name: posix.basename(clean) };
}
