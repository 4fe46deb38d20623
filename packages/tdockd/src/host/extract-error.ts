import { TdockError } from "@tdock/errors/error";
import { errnoName } from "./system-error.ts";

/** An archive's name, latin1, as text to be read. */
function shown(name: string): string {
  return JSON.stringify(Buffer.from(name, "latin1").toString());
}

export function outsideOfDestination(name: string): TdockError {
  return new TdockError("invalid-argument", `archive entry ${shown(name)} leads outside of the destination`, {
    reason: "invalid-archive",
  });
}

/** All that is there would go for it. */
export function inPlaceOfDestination(name: string): TdockError {
  return new TdockError("invalid-argument", `archive entry ${shown(name)} would replace the destination`, {
    reason: "invalid-archive",
  });
}

export function wrongKind(path: string, existing: string, wanted: string): TdockError {
  return new TdockError("invalid-argument", `cannot overwrite ${existing} ${shown(path)} with ${wanted}`);
}

/** Replacing it would take the mount away from the container that sees it. */
export function mountedOn(name: string): TdockError {
  return new TdockError("conflict", `cannot replace ${shown(name)}: device or resource busy: it is mounted on`);
}

/** A container's /dev is made for each of its runs, and those that run there would lose what they count on. */
export function deviceOfRun(name: string): TdockError {
  return new TdockError("conflict", `cannot replace ${shown(name)}: it is a device of the running container`);
}

/** The error of an archive that could not be unpacked, whatever failed; that of the signal once it has fired. */
export function extractFailure(thrown: unknown, signal: AbortSignal): TdockError {
  if (signal.aborted) return TdockError.from(signal.reason);
  const name = errnoName(thrown);
  if (name === "EROFS")
    return new TdockError("forbidden", "the file system is marked read-only", { cause: thrown, reason: "read-only" });
  if (name === "ENOSPC")
    return new TdockError("internal", "no space left on device", { cause: thrown, reason: "no-space" });
  if (thrown instanceof TdockError || name !== undefined) return TdockError.from(thrown);
  return new TdockError("invalid-argument", `not a readable tar archive: ${(thrown as Error).message}`, {
    cause: thrown,
  });
}
