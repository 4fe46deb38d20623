import { checkFilterNames, type Filters } from "@tdock/api/filters";
import { passesLabelFilters } from "@tdock/api/labels";
import type { VolumePruneResponse } from "@tdock/api/volumes";
import type { Engine } from "../engine.ts";
import { removeVolumeData } from "./remove.ts";
import { sizeOfFolder } from "./size.ts";
import { usersOf } from "./users.ts";
import type { Volume } from "./volume.ts";

type PruneEngine = Pick<Engine, "containers" | "events" | "log" | "volumes">;

/** `POST /volumes/prune`: removes anonymous volumes that nobody uses; with the filter `all`, named ones too. */
export async function pruneVolumes(
  engine: PruneEngine,
  { filters }: { readonly filters?: Filters },
): Promise<VolumePruneResponse> {
  checkFilterNames(filters, ["all", "label", "label!"]);
  const all = (filters?.all ?? []).some((value) => ["1", "true"].includes(value.toLowerCase()));
  const deleted: string[] = [];
  let freedBytes = 0;
  for (const volume of engine.volumes.list()) {
    if (!(all || isAnonymous(volume)) || !passesLabelFilters(volume.labels, filters)) continue;
    const sizeBytes = await sizeOfFolder(engine.volumes.dataFolder(volume.name));
    if (usersOf(engine, volume.name).length > 0 || engine.volumes.find(volume.name) === undefined) continue;
    try {
      await removeVolumeData(engine, volume.name);
      deleted.push(volume.name);
      freedBytes += Math.max(0, sizeBytes);
    } catch (err) {
      engine.log.warn({ err, volume: volume.name }, "a volume could not be pruned");
    }
  }
  engine.events.emit({ type: "volume", action: "prune", id: "", attributes: { reclaimed: String(freedBytes) } });
  return { VolumesDeleted: deleted, SpaceReclaimed: freedBytes };
}

function isAnonymous({ labels }: Volume): boolean {
  return Object.hasOwn(labels, "com.docker.volume.anonymous");
}
