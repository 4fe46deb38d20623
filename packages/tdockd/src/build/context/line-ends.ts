/** Where the lines of a text end, each behind the last of its `marks` bytes that are `mark`. What follows the last is no line. */
export function lineEnds(bytes: Uint8Array, mark: number, marks: number): Uint32Array {
  const ends = new Uint32Array(Math.floor(count(bytes, mark) / marks));
  let seen = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === mark && ++seen % marks === 0) ends[seen / marks - 1] = at + 1;
  }
  return ends;
}

function count(bytes: Uint8Array, mark: number): number {
  let found = 0;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === mark) found++;
  return found;
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
