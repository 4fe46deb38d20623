import { mkdir } from "node:fs/promises";
import { mustRun } from "./program.ts";
import { testRoot } from "./scratch.ts";

/** Runs once before all system tests: they drive the bundles, so the bundles must be of today's sources. */
export async function setup(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error("system tests start containers: run them as root");
  await mkdir(testRoot, { recursive: true });
  await mustRun(new URL("../../scripts/build", import.meta.url).pathname, []);
}
