import type { Engine } from "../engine.ts";
import { hasOomKills } from "../runtime/oom-kills.ts";
import { type Container, isAlive } from "./container.ts";
import { cgroupPathOf } from "./container-spec.ts";
import { containerEvent } from "./event.ts";

type LackEngine = Pick<Engine, "config" | "containers" | "events" | "live">;

/**
 * The kernel has killed a process of a container for lack of memory. That is told once the container's start is, which
 * holds its lock, and never after its end.
 */
export async function containerLackedMemory(engine: LackEngine, id: string): Promise<void> {
  using _lock = await engine.containers.lock(id);
  const container = engine.containers.find(id);
  if (container !== undefined && isAlive(container)) tellLackOfMemory(engine, container);
}

/**
 * A shim may tell of a lack of memory after the end that came of it, or not at all: the kernel's own count is there
 * until the ended container is taken down. Call with the container's lock held.
 */
export function tellUnseenLackOfMemory(engine: LackEngine, container: Container): void {
  if (!container.hostConfig.Memory || engine.live.oomKilled.has(container.id)) return;
  if (hasOomKills(cgroupPathOf(engine, container))) tellLackOfMemory(engine, container);
}

function tellLackOfMemory(engine: LackEngine, container: Container): void {
  engine.live.oomKilled.add(container.id);
  containerEvent(engine, container, "oom");
}
