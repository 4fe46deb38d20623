import { TdockError } from "@tdock/errors/error";

/** Ids of the source's files from `disk` on, and the ids that the container sees in their place. */
export interface IdRange {
  readonly disk: number;
  readonly seen: number;
  readonly count: number;
}

/** What `-v source:destination:idmap` asks for. */
export type IdMap =
  /** The owner of the source is the container's root there, and root the owner: each makes files that are the other's. */
  | "owner"
  /** Nothing else is seen than what is said; `undefined` leaves all as it is. */
  | { readonly uids: readonly IdRange[] | undefined; readonly gids: readonly IdRange[] | undefined };

/** One more than the highest id: 2^32 - 1 stands for none. */
const allIds = 2 ** 32 - 1;

/**
 * Reads `idmap` and, as podman's, `idmap=uids=DISK-SEEN-COUNT#…;gids=…`. Throws `invalid-argument`; what the kernel
 * knows better, such as ranges that overlap, it says itself.
 */
export function parseIdMap(option: string): IdMap {
  if (option === "idmap") return "owner";
  const parts = option.slice("idmap=".length).split(";");
  const kinds = parts.map((part) => /^([ug]ids)=(.+)$/.exec(part));
  const uids = kinds.find((kind) => kind?.[1] === "uids")?.[2];
  const gids = kinds.find((kind) => kind?.[1] === "gids")?.[2];
  const isWhole = parts.length === [uids, gids].filter((one) => one !== undefined).length;
  if (!isWhole) throw invalid(option);
  return { uids: uids?.split("#").map(parseRange), gids: gids?.split("#").map(parseRange) };
}

/** The lines of uid_map(5) and gid_map(5) for a source with this owner. */
export function idMapLines(map: IdMap, owner: { readonly uid: number; readonly gid: number }) {
  const { uids, gids } = map === "owner" ? { uids: swapped(owner.uid), gids: swapped(owner.gid) } : map;
  return { uids: linesOf(uids ?? everything), gids: linesOf(gids ?? everything) };
}

const everything: readonly IdRange[] = [{ disk: 0, seen: 0, count: allIds }];

function swapped(id: number): readonly IdRange[] {
  if (id === 0) return everything;
  return [
    { disk: id, seen: 0, count: 1 },
    { disk: 0, seen: id, count: 1 },
    { disk: 1, seen: 1, count: id - 1 },
    { disk: id + 1, seen: id + 1, count: allIds - id - 1 },
  ].filter(({ count }) => count > 0);
}

function linesOf(ranges: readonly IdRange[]): string {
  return ranges.map(({ disk, seen, count }) => `${disk} ${seen} ${count}\n`).join("");
}

function parseRange(text: string): IdRange {
  const match = /^(\d{1,10})-(\d{1,10})-(\d{1,10})$/.exec(text);
  const [disk = 0, seen = 0, count = 0] = (match ?? []).slice(1).map(Number);
  if (count === 0 || Math.max(disk, seen) + count > allIds) throw invalid(text);
  return { disk, seen, count };
}

function invalid(text: string): TdockError {
  const message = `invalid idmap: wanted idmap=uids=DISK-SEEN-COUNT[#...][;gids=...], got ${JSON.stringify(text)}`;
  return new TdockError("invalid-argument", message);
}
