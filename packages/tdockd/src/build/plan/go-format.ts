/** Texts as Go's fmt writes them: the history of an image holds such. */

/** `["a" "b"]`, Go's `%q` of a list. */
export function quotedList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(" ")}]`;
}

/** `[a b]`, Go's `%v` of a list. */
export function plainList(words: readonly string[]): string {
  return `[${words.join(" ")}]`;
}

/** `1m30s`, Go's time.Duration, of nanoseconds. */
export function goDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${nanoseconds / 1e3}µs`;
  if (nanoseconds < 1e9) return `${nanoseconds / 1e6}ms`;
  const hours = Math.floor(nanoseconds / 3600e9);
  const minutes = Math.floor((nanoseconds % 3600e9) / 60e9);
  const seconds = (nanoseconds % 60e9) / 1e9;
  const large = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : "";
  return `${large}${seconds}s`;
}
