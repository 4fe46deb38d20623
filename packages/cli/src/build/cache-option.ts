import { resolve } from "node:path";
import { parseCsvLine } from "../flags/csv.ts";
import { splitPair } from "../flags/pairs.ts";

/** `--cache-from` and `--cache-to` as the engine reads them: paths are this program's until here. */
export function cacheOption(text: string): string {
  if (!text.includes("=")) return text;
  const fields = parseCsvLine(text).map((field) => {
    const [name, value = ""] = splitPair(field);
    return ["src", "dest"].includes(name) ? `${name}=${resolve(value)}` : field;
  });
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}
