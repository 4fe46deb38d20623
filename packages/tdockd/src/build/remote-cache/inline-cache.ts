import type { SolvedStage } from "../solve/solver.ts";
import type { InlineCache } from "./inline.ts";

/** What an image says of its own layers, so that its registry serves as a cache of the target's steps. */
export async function inlineCache({ stepTimes }: Pick<SolvedStage, "stepTimes">): Promise<InlineCache> {
  const steps = [...new Map([...stepTimes.values()].map((ref) => [ref.key, ref])).values()];
  const found = await Promise.all(
    steps.map(async (ref) => {
      const createdAt = await ref.createdAt();
      return createdAt === undefined ? [] : [{ key: ref.key, createdAt, layer: (await ref.layers()).length - 1 }];
    }),
  );
  return found.flat();
}
