import { isError, TdockError } from "@tdock/errors/error";
import { familiarName, formatFamiliar, type Reference } from "./reference.ts";

/** A registry's refusal in the words that Docker's users know. Follows moby `distribution/errors.go`. */
export function pullError(thrown: unknown, reference: Reference, hasCredentials: boolean): unknown {
  const options = { cause: thrown, ...(thrown instanceof TdockError && thrown.reason && { reason: thrown.reason }) };
  const text = (thrown as Error).message ?? "";
  if (isError(thrown, "not-found") && thrown.reason !== "no-platform") {
    const what = text.includes("name unknown")
      ? `repository ${familiarName(reference)} not found: does not exist or no pull access`
      : `manifest for ${formatFamiliar(reference)} not found: manifest unknown`;
    return new TdockError("not-found", what, options);
  }
  const isDenied = isError(thrown, "forbidden", "status-403") || (isError(thrown, "unauthorized") && !hasCredentials);
  if (!isDenied) return thrown;
  const name = familiarName(reference);
  return new TdockError(
    "not-found",
    `pull access denied for ${name}, repository does not exist or may require 'docker login': ${afterAddress(text)}`,
    options,
  );
}

/** The registry's own words, without the address in front. */
function afterAddress(text: string): string {
  return text.replace(/^https?:\/\/[^ ]+: /, "");
}
