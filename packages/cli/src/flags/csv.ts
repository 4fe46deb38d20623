import { invalid } from "./invalid.ts";

const field = /("(?:[^"]|"")*"|[^,"]*)(,|$)/y;

/**
 * The fields of one line of CSV, by Go's encoding/csv: a field in quotes may hold commas, and doubled quotes.
 * Throws `invalid-argument`.
 */
export function parseCsvLine(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (true) {
    field.lastIndex = at;
    const match = field.exec(line);
    if (match === null) {
      const open = line[at] === '"';
      const message = open ? 'extraneous or missing " in quoted-field' : 'bare " in non-quoted-field';
      throw invalid(`parse error on line 1, column ${at + 1}: ${message}`);
    }
    const [all, text = "", end] = match;
    fields.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    at += all.length;
    if (end === "") return fields;
  }
}
