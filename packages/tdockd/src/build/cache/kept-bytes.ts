/** What of the build cache is to stay, in bytes; 0 and nothing say the same. */
export interface PruneLimits {
  readonly "max-used-space"?: number | undefined;
  readonly "min-free-space"?: number | undefined;
  readonly "reserved-space"?: number | undefined;
  /** The name of `reserved-space` before API 1.48. */
  readonly "keep-storage"?: number | undefined;
}

/**
 * How many bytes may stay of a cache of `usedBytes` on a disk with `freeBytes`; `undefined` when no limit was given. What
 * is reserved stays, whatever the other limits say. Follows BuildKit's `calculateKeepBytes`.
 */
export function keptBytes(limits: PruneLimits, usedBytes: number, freeBytes: number): number | undefined {
  const { "max-used-space": max, "min-free-space": minFree } = limits;
  const reserved = limits["reserved-space"] || limits["keep-storage"] || 0;
  const mosts = [...(max ? [max] : []), ...(minFree ? [usedBytes - Math.max(0, minFree - freeBytes)] : [])];
  if (mosts.length === 0) return reserved || undefined;
  return Math.max(reserved, Math.min(...mosts));
}
