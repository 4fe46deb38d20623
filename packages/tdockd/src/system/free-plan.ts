import type { FreedKind } from "@tdock/api/free";
import type { Parts } from "../images/image-parts.ts";

/** Something that may be removed to make room. */
export interface Removable {
  readonly kind: FreedKind;
  readonly id: string;
  /** What people know it by. */
  readonly name: string;
  readonly lastUsedAt: Date;
  readonly parts: Parts;
  /** Resolves to whether it was removed: it may have come into use since. */
  remove(): Promise<boolean>;
}

export interface PlannedRemoval {
  readonly removable: Removable;
  /** What its removal frees, after those before it. */
  readonly bytes: number;
}

/**
 * Chooses what to remove: `candidates` in their order until `wantedBytes` are freed. What is shared counts with the last
 * that goes; what stays anyway, because `kept` has it, does not. Nothing is removed in vain.
 */
export function planFree(
  candidates: readonly Removable[],
  kept: readonly Parts[],
  wantedBytes: number,
): readonly PlannedRemoval[] {
  const staying = new Set(kept.flatMap((parts) => [...parts.keys()]));
  const useful = candidates.filter(({ parts }) => [...parts].some(([key, bytes]) => bytes > 0 && !staying.has(key)));
  const holders = countHolders(useful);
  const planned: PlannedRemoval[] = [];
  let freed = 0;
  for (const removable of useful) {
    if (freed >= wantedBytes) break;
    const bytes = freedBy(removable.parts, staying, holders);
    planned.push({ removable, bytes });
    freed += bytes;
  }
  const isFreed = ([key, bytes]: readonly [string, number]) => bytes > 0 && !staying.has(key) && holders.get(key) === 0;
  return planned.filter(({ removable }) => [...removable.parts].some(isFreed));
}

function countHolders(removables: readonly Removable[]): Map<string, number> {
  const holders = new Map<string, number>();
  for (const { parts } of removables) for (const key of parts.keys()) holders.set(key, (holders.get(key) ?? 0) + 1);
  return holders;
}

/** Takes one holder from each part; gives the bytes of those that have none left. */
function freedBy(parts: Parts, staying: ReadonlySet<string>, holders: Map<string, number>): number {
  let bytes = 0;
  for (const [key, size] of parts) {
    const left = (holders.get(key) ?? 1) - 1;
    holders.set(key, left);
    if (left === 0 && !staying.has(key)) bytes += size;
  }
  return bytes;
}
