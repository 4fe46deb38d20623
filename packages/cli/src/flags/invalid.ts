import { TdockError } from "@tdock/errors/error";

/** The error for a value that is wrong, in Docker's words. */
export function invalid(message: string, cause?: unknown): TdockError {
  return new TdockError("invalid-argument", message, { cause });
}
