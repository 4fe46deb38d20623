import type { Engine } from "../engine.ts";
import type { Removable } from "../system/free-plan.ts";

type ArrivalEngine = Pick<Engine, "arrivals">;

/** Downloads that broke off, as `free` sees them: the longest untouched first. */
export async function removableDownloads({ arrivals }: ArrivalEngine): Promise<readonly Removable[]> {
  const broken = (await arrivals.partial()).filter(({ isUnderWay }) => !isUnderWay);
  broken.sort((one, other) => one.changedAt.getTime() - other.changedAt.getTime());
  return broken.map(({ digest, bytes, changedAt }) => ({
    kind: "download",
    id: digest,
    name: "a layer's download that broke off",
    lastUsedAt: changedAt,
    parts: new Map([[`download ${digest}`, bytes]]),
    remove: () => arrivals.dropPartial(digest),
  }));
}

/** Deletes all downloads that broke off. Resolves to the bytes that they took. */
export async function dropDownloads({ arrivals }: ArrivalEngine): Promise<number> {
  let bytes = 0;
  for (const one of await arrivals.partial()) if (await arrivals.dropPartial(one.digest)) bytes += one.bytes;
  return bytes;
}
