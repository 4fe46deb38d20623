import { runEngine, timeRun } from "./engine.ts";
import type { Measure } from "./measure.ts";
import { warmUp } from "./run-measures.ts";

/** Getting at what containers print. */
export const outputMeasures: readonly Measure[] = [
  {
    name: "attached",
    title: "`run --rm` writing 500 MB to the client",
    unit: "s",
    target: { ratio: 0.25, to: "docker" },
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      const command = ["sh", "-c", "dd if=/dev/zero bs=1M count=500 2>/dev/null"];
      return (await timeRun(engine, ["run", "--rm", busybox, ...command])) / 1000;
    },
  },
  {
    name: "logs",
    title: "`logs` of one million lines",
    unit: "s",
    target: { ratio: 0.25, to: "docker" },
    prepare: (engine, { busybox }) => runEngine(engine, ["run", "--name=printer", busybox, "seq", "1000000"]),
    sample: async (engine) => (await timeRun(engine, ["logs", "printer"])) / 1000,
    finish: (engine) => runEngine(engine, ["rm", "-f", "printer"]),
  },
];
