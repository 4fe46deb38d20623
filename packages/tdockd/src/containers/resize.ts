import type { containerResize } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { isAlive, notRunning } from "./container.ts";
import { containerEvent } from "./event.ts";

/** Sets the size of a container's terminal, in characters. Throws `conflict` when it does not run. */
export async function resizeContainer(
  engine: Pick<Engine, "containerd" | "containers" | "events">,
  input: Input<typeof containerResize>,
): Promise<void> {
  const container = engine.containers.get(input.id);
  if (!isAlive(container)) throw notRunning(container);
  const { width, height } = terminalSize(input);
  await engine.containerd.tasks.resizePty({ id: container.id, width, height });
  containerEvent(engine, container, "resize", { height: String(height), width: String(width) });
}

/** Throws `invalid-argument` for sizes that no terminal has. */
export function terminalSize({ h, w }: { readonly h?: number; readonly w?: number }): {
  width: number;
  height: number;
} {
  for (const [name, value] of Object.entries({ h, w })) {
    if (value === undefined || value < 0 || value > 65_535) {
      throw new TdockError("invalid-argument", `resize: ${name}: wanted a number up to 65535, got ${value}`);
    }
  }
  return { width: w as number, height: h as number };
}
