/** As Promise.all, but fails only when each has come to its end: what is still being made could not be undone. */
export async function allOrNone<A, B>(work: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
