import type { Engine } from "../engine.ts";

const uses = new Set(["start", "die"]);

/** Notes when containers begin and end to run their images, beside their start and not within it; until `signal`. */
export async function followUse(
  { containers, events, lastUse, now }: Pick<Engine, "containers" | "events" | "lastUse" | "now">,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const { Type, Action = "", Actor } of events.subscribe(signal)) {
        if (Type !== "container" || !uses.has(Action)) continue;
        const imageId = containers.find(Actor?.ID ?? "")?.imageId;
        if (imageId !== undefined) lastUse.touch(imageId, now());
      }
    } catch {
      // Too far behind: what follows is followed again.
    }
  }
  await lastUse.flush();
}
