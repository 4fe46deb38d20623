import { type BenchEngine, runEngine, timeOf, timeRun } from "./engine.ts";
import type { Measure } from "./measure.ts";

const concurrent = 40;

/** Starting containers. */
export const runMeasures: readonly Measure[] = [
  {
    name: "run",
    title: "`run --rm busybox true`",
    unit: "ms",
    target: { ratio: 0.45, to: "docker" },
    prepare: warmUp,
    sample: (engine, { busybox }) => timeRun(engine, ["run", "--rm", busybox, "true"]),
  },
  {
    name: "run-detached",
    title: "`run -d busybox sleep 600`",
    unit: "ms",
    target: { ratio: 0.45, to: "docker" },
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      const took = await timeRun(engine, ["run", "-d", "--name=bench", busybox, "sleep", "600"]);
      await runEngine(engine, ["rm", "-f", "bench"]);
      return took;
    },
  },
  {
    name: "run-40",
    title: `${concurrent} × \`run -d\` at once`,
    unit: "s",
    target: { ratio: 0.45, to: "docker" },
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      const took = await timeOf(() => startMany(engine, busybox));
      await removeMany(engine);
      return took / 1000;
    },
  },
];

/** Starts forty containers at once, named many-0 to many-39. */
export async function startMany(engine: BenchEngine, image: string): Promise<void> {
  const starts = names().map((name) => runEngine(engine, ["run", "-d", `--name=${name}`, image, "sleep", "600"]));
  await Promise.all(starts);
}

/** Removes what `startMany` started. */
export async function removeMany(engine: BenchEngine): Promise<void> {
  await runEngine(engine, ["rm", "-f", ...names()]);
}

/** Pulls the image and runs it once, so that no sample pays for what happens only the first time. */
export async function warmUp(engine: BenchEngine, { busybox }: { readonly busybox: string }): Promise<void> {
  await runEngine(engine, ["run", "--rm", busybox, "true"]);
}

function names(): string[] {
  return Array.from({ length: concurrent }, (_, index) => `many-${index}`);
}
