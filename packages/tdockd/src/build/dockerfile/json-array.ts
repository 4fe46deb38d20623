/** Arguments in exec form, or why they are not. */
export type JsonArray =
  | { readonly kind: "array"; readonly values: readonly string[] }
  | { readonly kind: "not-json" }
  | { readonly kind: "not-strings" };

/**
 * Reads `["a", "b"]`. Text that is no JSON array is `not-json` (shell form); an array that holds
 * something else than strings is `not-strings`, which is an error everywhere.
 */
export function parseJsonArray(text: string): JsonArray {
  if (!text.trimStart().startsWith("[")) return { kind: "not-json" };
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return { kind: "not-json" };
  }
  if (!Array.isArray(values)) return { kind: "not-json" };
  return values.every((value) => typeof value === "string") ? { kind: "array", values } : { kind: "not-strings" };
}
