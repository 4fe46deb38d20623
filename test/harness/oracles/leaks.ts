import { expect } from "vitest";
import { eventually } from "../eventually.ts";
import type { Tdockd } from "../instance/tdockd.ts";
import { resourcesOf } from "./resources.ts";

/** What an instance held when it was fresh. */
export type Baseline = readonly string[];

/** Takes the baseline. Call when the server has answered once and nothing was made yet. */
export async function takeBaseline(tdockd: Tdockd): Promise<Baseline> {
  await tdockd.closeConnections();
  return await resourcesOf(tdockd.layout, tdockd.pid);
}

/**
 * LEAK(0): after everything was removed through the API, the instance holds what it held when it was fresh.
 * Gives it twenty seconds to settle: idle connections to registries are closed only after some. Fails with each thing that was left, or that is missing.
 */
export async function expectNoLeaks(tdockd: Tdockd, baseline: Baseline): Promise<void> {
  await removeEverything(tdockd);
  await tdockd.closeConnections();
  await eventually(async () => {
    const now = await resourcesOf(tdockd.layout, tdockd.pid);
    // A connection more in the baseline was one that had not closed yet; what matters is that none is added.
    const missing = without(baseline, now).filter((line) => !line.startsWith("open file "));
    expect({ left: without(now, baseline), missing }).toEqual({ left: [], missing: [] });
  }, 20_000);
}

/** Removes all containers, networks, volumes and images, as a user would. */
async function removeEverything(tdockd: Tdockd): Promise<void> {
  const containers: { Id: string }[] = (await tdockd.api("GET", "/containers/json?all=1")).body;
  await Promise.all(containers.map(({ Id }) => tdockd.api("DELETE", `/containers/${Id}?force=1&v=1`)));
  await tdockd.api("POST", "/networks/prune");
  await tdockd.api("POST", `/volumes/prune?filters=${encodeURIComponent('{"all":["1"]}')}`);
  await tdockd.api("POST", "/build/prune?all=1");
  const images: { Id: string }[] = (await tdockd.api("GET", "/images/json?all=1")).body;
  for (const { Id } of images) await tdockd.api("DELETE", `/images/${Id}?force=1`);
}

/** The lines of `all` that `known` has not, counting each as often as it stands there. */
function without(all: readonly string[], known: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of known) left.set(line, (left.get(line) ?? 0) + 1);
  return all.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
