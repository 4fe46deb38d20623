import type { ContainerPruneResponse, containerPrune } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { checkFilterNames } from "@tdock/api/filters";
import { passesLabelFilters } from "@tdock/api/labels";
import { parseUntil } from "@tdock/api/until";
import type { Engine } from "../engine.ts";
import { type Container, isAlive } from "./container.ts";
import { discardContainer, type RemoveEngine } from "./discard-container.ts";

/**
 * Removes every container that does not run and that the filters (`label`, `label!`, `until`) let through.
 * Throws `invalid-argument` for an unknown filter, or a time that is none.
 */
export async function pruneContainers(
  engine: RemoveEngine & Pick<Engine, "containerd">,
  input: Input<typeof containerPrune>,
): Promise<ContainerPruneResponse> {
  checkFilterNames(input.filters, ["label", "label!", "until"]);
  const untils = (input.filters?.until ?? []).map((until) => parseUntil(until, engine.now()));
  const deleted: string[] = [];
  let freedBytes = 0;
  for (const { id } of engine.containers.list()) {
    using _lock = await engine.containers.lock(id);
    const container = engine.containers.find(id);
    if (container === undefined || !isPrunable(container, input.filters, untils)) continue;
    freedBytes += await engine.containerd.snapshots.usage(id).then(
      ({ sizeBytes }) => sizeBytes,
      () => 0,
    );
    await discardContainer(engine, container, { removeVolumes: false });
    deleted.push(id);
  }
  engine.events.emit({ type: "container", action: "prune", id: "", attributes: { reclaimed: String(freedBytes) } });
  return { ContainersDeleted: deleted, SpaceReclaimed: freedBytes };
}

function isPrunable(
  container: Container,
  filters: Input<typeof containerPrune>["filters"],
  untils: readonly number[],
): boolean {
  const { status, config, createdAt } = container;
  if (isAlive(container) || status.kind === "restarting" || status.kind === "dead") return false;
  if (!passesLabelFilters(config.Labels, filters)) return false;
  return untils.every((ms) => Date.parse(createdAt) < ms);
}
