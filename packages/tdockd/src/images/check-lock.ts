import { TdockError } from "@tdock/errors/error";
import { formatFamiliar, type Reference } from "./reference.ts";

/** Throws `conflict` (reason `lock-drift`) when a tag does not stand for what was recorded. Without a lock, nothing. */
export function checkLock(reference: Reference, locked: string | undefined, found: string): void {
  if (locked === undefined || locked === found) return;
  const name = formatFamiliar(reference);
  throw new TdockError(
    "conflict",
    `${name} has moved: tdock.lock records ${locked}, the registry has ${found}; "tdock lock ${name}" takes it over`,
    { reason: "lock-drift" },
  );
}
