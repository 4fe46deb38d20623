import { TdockError } from "@tdock/errors/error";

/** Placeholder until the table is complete. */
export function runcError(error: unknown): TdockError {
  return TdockError.from(error);
}
