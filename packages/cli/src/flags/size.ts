import { invalid } from "./invalid.ts";

const powers: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/** `512m`, `1.5g`, `1024`: bytes, with units of powers of 1024 (go-units `RAMInBytes`). Throws `invalid-argument`. */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(text);
  if (match === null) throw invalid(`invalid size: '${text}'`);
  const bytes = Math.trunc(Number(match[1]) * 1024 ** (powers[(match[2] ?? "").toLowerCase()] ?? 0));
  if (!Number.isSafeInteger(bytes)) throw invalid(`invalid size: '${text}'`);
  return bytes;
}

/** As {@link parseSize}, and -1 for "no limit". */
export function parseSwapSize(text: string): number {
  return text === "-1" ? -1 : parseSize(text);
}
