/** A map with more entries and no prototype: its keys are the Dockerfile's. */
export function withEntries<T>(
  map: Readonly<Record<string, T>> | null | undefined,
  entries: Iterable<readonly [string, T]>,
): Record<string, T> {
  const result: Record<string, T> = Object.assign(Object.create(null), map);
  for (const [key, value] of entries) result[key] = value;
  return result;
}
