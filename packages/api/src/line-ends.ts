/**
 * Where the lines of a text end, each behind the last of its `marks` bytes that are `mark`. What follows the last is no
 * line. `most` is more than there can be.
 */
export function lineEnds(
  bytes: Uint8Array,
  { mark, marks, most }: { readonly mark: number; readonly marks: number; readonly most: number },
): Uint32Array {
  const ends = new Uint32Array(most);
  let seen = 0;
  let lines = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === mark && ++seen % marks === 0) ends[lines++] = at + 1;
  }
  return ends.slice(0, lines);
}

/** The number of the line that holds the byte at `place`. */
export function lineOf(ends: Uint32Array, place: number): number {
  let low = 0;
  for (let high = ends.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}
