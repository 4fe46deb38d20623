import type { containerRestart } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { isAlive } from "./container.ts";
import type { ExitEngine } from "./container-exited.ts";
import { containerEvent } from "./event.ts";
import { launchByHand } from "./start.ts";
import { endProcess } from "./stop.ts";

/** Stops a container when it runs, and starts it. `--rm` does not take it away in between. Throws as `startContainer`. */
export async function restartContainer(engine: ExitEngine, input: Input<typeof containerRestart>): Promise<void> {
  const { id } = engine.containers.get(input.id);
  using _kept = engine.live.keep(id);
  const container = engine.containers.get(id);
  if (isAlive(container)) {
    await endProcess(engine, container, { signal: input.signal, timeoutSeconds: input.t });
    containerEvent(engine, container, "stop");
  }
  using _lock = await engine.containers.lock(id);
  const stopped = engine.containers.get(id);
  // Somebody was quicker: it runs anew, which is what was wanted.
  if (!isAlive(stopped)) await launchByHand(engine, stopped);
  containerEvent(engine, engine.containers.get(id), "restart");
}
