import { readFile } from "node:fs/promises";
import { type BenchEngine, timeCommand, timeRun } from "./engine.ts";
import type { Measure } from "./measure.ts";
import { removeMany, startMany, warmUp } from "./run-measures.ts";

/** What a command costs at least, and what the server weighs. */
export const serverMeasures: readonly Measure[] = [
  {
    name: "ps",
    title: "`ps`",
    unit: "ms",
    target: { ratio: 1.6, to: "node -e 0" },
    prepare: warmUp,
    sample: (engine) => timeRun(engine, ["ps"]),
    baselines: { "node -e 0": () => timeCommand([process.execPath, "-e", "0"]) },
  },
  {
    name: "memory",
    title: "resident memory (PSS) of the servers with 40 containers",
    unit: "MiB",
    target: { ratio: 1, to: "docker" },
    prepare: async (engine, context) => {
      await warmUp(engine, context);
      await startMany(engine, context.busybox);
    },
    sample: residentMebibytes,
    finish: removeMany,
  },
];

/** The share of memory that an engine's servers hold together, each shared page counted in parts. */
async function residentMebibytes(engine: BenchEngine): Promise<number> {
  const pids = await engine.serverPids();
  const shares = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/smaps_rollup`, "utf8")));
  const kibibytes = shares.map((text) => Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0));
  return kibibytes.reduce((total, share) => total + share, 0) / 1024;
}
