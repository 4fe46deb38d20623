import type { Value } from "./value.ts";

/**
 * Reads JSON without losing digits: whole numbers that a double does not hold (nanoseconds since 1970) become bigint.
 * Throws SyntaxError.
 */
export function parseJson(text: string): Value {
  // Only a number of 16 digits or more can be unsafe; the reviver costs too much for the usual reply.
  return /\d{16}/.test(text) ? (JSON as unknown as JsonSource).parse(text, reviveNumber) : (JSON.parse(text) as Value);
}

/** JSON as Go's encoder writes it without HTML escapes, line separators as escapes, methods of rows left out. Inverse of {@link parseJson}. */
export function toJson(value: Value, indent = ""): string {
  const text = JSON.stringify(value ?? null, writeNumber, indent) ?? "null";
  return text.replace(/[\u2028\u2029]/g, (character) => (character === "\u2028" ? "\\u2028" : "\\u2029"));
}

function reviveNumber(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const isExact = typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value);
  return isExact || !/^-?\d+$/.test(context.source ?? "") ? value : BigInt(context.source as string);
}

function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? (JSON as unknown as JsonSource).rawJSON(String(value)) : value;
}

/** Part of ECMAScript since 2025; not yet in TypeScript's library. */
interface JsonSource {
  rawJSON(text: string): unknown;
  parse(text: string, revive: typeof reviveNumber): Value;
}
