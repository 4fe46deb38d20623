import { TdockError } from "@tdock/errors/error";

/**
 * SOURCE_DATE_EPOCH of the build arguments, else of an ARG before the first FROM: seconds since 1970. Throws
 * `invalid-argument` for what is no number.
 */
export function epochOf(
  buildArgs: ReadonlyMap<string, string>,
  globals: ReadonlyMap<string, string>,
): number | undefined {
  const text = buildArgs.get("SOURCE_DATE_EPOCH") ?? globals.get("SOURCE_DATE_EPOCH") ?? "";
  if (text === "") return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new TdockError("invalid-argument", `SOURCE_DATE_EPOCH: wanted seconds since 1970, got ${text}`);
}
