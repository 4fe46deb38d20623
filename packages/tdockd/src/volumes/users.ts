import type { Engine } from "../engine.ts";

/** Ids of the containers that use a volume, running or not, those that are just being created included. */
export function usersOf({ containers, volumes }: Pick<Engine, "containers" | "volumes">, name: string): string[] {
  const recorded = containers
    .list()
    .filter(({ mounts }) => mounts.some((point) => point.kind === "volume" && point.name === name))
    .map(({ id }) => id);
  return [...new Set([...recorded, ...volumes.holdersOf(name)])];
}
