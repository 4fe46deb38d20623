import { TdockError } from "@tdock/errors/error";

/** The fields of one line of CSV (RFC 4180): `a,"b,c",d""e`. Throws `invalid-argument` for a stray quote. */
export function csvFields(text: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let more = true; more; ) {
    const match = field.exec(text);
    if (match === null) throw new TdockError("invalid-argument", `stray quote in ${text}`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    more = match[3] === ",";
  }
  return fields;
}
