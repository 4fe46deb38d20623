import { invalid } from "./invalid.ts";
import { splitPair } from "./pairs.ts";

export type Ulimit = {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
};

const names = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" "),
);

/** `nofile=1024:2048`; -1 is unlimited (go-units `ParseUlimit`). Throws `invalid-argument`. */
export function parseUlimit(text: string): Ulimit {
  const [name, limits] = splitPair(text);
  if (limits === undefined || name === "" || limits === "") throw invalid(`invalid ulimit argument: ${text}`);
  if (!names.has(name)) throw invalid(`invalid ulimit type: ${name}`);
  const parts = limits.split(":");
  if (parts.length > 2)
    throw invalid(`too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``);
  const [soft, hard = soft] = parts.map((part) => parseLimit(part)) as [number, number | undefined];
  if (hard !== -1 && (soft === -1 || soft > hard)) {
    throw invalid(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  }
  return { Name: name, Soft: soft, Hard: hard };
}

function parseLimit(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw invalid(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}
