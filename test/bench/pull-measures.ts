import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { runEngine, timeOf, timeRun } from "./engine.ts";
import type { BenchContext, Measure } from "./measure.ts";

/** Getting an image. */
export const pullMeasures: readonly Measure[] = [
  {
    name: "pull",
    title: "`pull`, 8 layers, 1.18 GB, 25,600 files",
    unit: "s",
    target: { ratio: 0.45, to: "docker" },
    sample: async (engine, { big }) => {
      const took = await timeRun(engine, ["pull", big]);
      await runEngine(engine, ["rmi", big]);
      await mustRun("sync", []);
      return took / 1000;
    },
    baselines: { "unpigz \\| tar": async (context) => (await unpackAll(context)) / 1000 },
  },
];

/** Milliseconds that unpacking the layers costs at least: all of them side by side, each `unpigz | tar`. */
async function unpackAll({ bigLayers }: BenchContext): Promise<number> {
  await using folder = await scratchFolder("unpack");
  const unpack = async (blob: string, index: number) => {
    const target = join(folder.path, String(index));
    await mkdir(target);
    await mustRun("sh", ["-c", 'unpigz -c < "$1" | tar -x -C "$2"', "sh", blob, target], { timeoutMs: 600_000 });
  };
  const took = await timeOf(() => Promise.all(bigLayers.map(unpack)));
  await rm(folder.path, { recursive: true });
  await mustRun("sync", []);
  return took;
}
