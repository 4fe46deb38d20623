import { malformed } from "./tar-header.ts";

/**
 * The records of a PAX extended header (POSIX.1-2017 `pax`, "<length> <key>=<value>\n"), later ones winning.
 * Texts are latin1: one char per byte. Throws `invalid-argument`.
 */
export function parsePaxRecords(data: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  let at = 0;
  while (at < data.length && data[at] !== 0) {
    const space = data.indexOf(0x20, at);
    const digits = data.toString("latin1", at, Math.min(space < 0 ? at : space, at + 12));
    const end = at + Number(digits);
    if (!/^[1-9]\d*$/.test(digits) || end > data.length || end <= space + 1 || data[end - 1] !== 0x0a) {
      throw malformed("a PAX record has a wrong length");
    }
    const equals = data.indexOf(0x3d, space);
    if (equals < 0 || equals >= end) throw malformed("a PAX record has no value");
    records.set(data.toString("latin1", space + 1, equals), data.toString("latin1", equals + 1, end - 1));
    at = end;
  }
  return records;
}
