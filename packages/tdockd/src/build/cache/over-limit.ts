import type { CacheEntry } from "./cache-entry.ts";

/** As many of `idle`, in their order, as it takes for `all` to come down to `limit` bytes. */
export function overLimit<E extends Pick<CacheEntry, "sizeBytes">>(
  all: readonly E[],
  idle: readonly E[],
  limit: number,
): E[] {
  let used = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return idle.filter(({ sizeBytes }) => {
    if (used <= limit) return false;
    used -= sizeBytes;
    return true;
  });
}
