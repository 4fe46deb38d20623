import { booleanOf, checkFilterNames, type Filters, matchesPattern } from "@tdock/api/filters";
import { passesLabelFilters } from "@tdock/api/labels";
import type { VolumeListResponse, Volume as VolumeReply } from "@tdock/api/volumes";
import type { Engine } from "../engine.ts";
import { volumeReply } from "./inspect.ts";
import { sizeOfFolder } from "./size.ts";
import { usersOf } from "./users.ts";
import type { Volume } from "./volume.ts";

type ListEngine = Pick<Engine, "containers" | "volumes">;

/** `GET /volumes`; with `size`, how much each one holds and how many use it. Throws `invalid-argument`. */
export async function listVolumes(
  engine: ListEngine,
  { filters, size }: { readonly filters?: Filters; readonly size?: boolean },
): Promise<VolumeListResponse> {
  checkFilterNames(filters, ["dangling", "driver", "label", "name"]);
  const passes = volumeFilter(engine, filters);
  const replies: VolumeReply[] = [];
  for (const volume of engine.volumes.list().filter(passes)) {
    const reply = volumeReply(engine, volume);
    replies.push(size === true ? { ...reply, UsageData: await usageOf(engine, volume) } : reply);
  }
  return { Volumes: replies, Warnings: [] };
}

async function usageOf(engine: ListEngine, { name }: Volume): Promise<{ Size: number; RefCount: number }> {
  return {
    Size: await sizeOfFolder(engine.volumes.dataFolder(name)),
    RefCount: usersOf(engine, name).length,
  };
}

function volumeFilter(engine: ListEngine, filters: Filters | undefined): (volume: Volume) => boolean {
  const any = (name: string, test: (value: string) => boolean) => {
    const values = filters?.[name] ?? [];
    return values.length === 0 || values.some(test);
  };
  return (volume) =>
    any("name", (value) => matchesPattern(volume.name, value)) &&
    any("driver", (value) => volume.driver === value) &&
    any("dangling", (value) => (usersOf(engine, volume.name).length === 0) === booleanOf("dangling", value)) &&
    passesLabelFilters(volume.labels, filters);
}
