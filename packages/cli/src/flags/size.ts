import { parseSizeBytes } from "@tdock/api/size";
import { invalid } from "./invalid.ts";

/** As {@link parseSizeBytes}. Throws `invalid-argument`. */
export function parseSize(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes === undefined) throw invalid(`invalid size: '${text}'`);
  return bytes;
}

/** As {@link parseSize}, and -1 for "no limit". */
export function parseSwapSize(text: string): number {
  return text === "-1" ? -1 : parseSize(text);
}
