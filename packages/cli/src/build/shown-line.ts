import { stripVTControlCharacters } from "node:util";

/** What a terminal would show of a line of output: no colours, and of what was written over, as progress bars are, the last. */
export function shownLine(line: string): string {
  const text = stripVTControlCharacters(line).replace(/\r+$/, "");
  return text.slice(text.lastIndexOf("\r") + 1);
}
