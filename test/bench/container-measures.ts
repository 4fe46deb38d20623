import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../harness/program.ts";
import { shortName, testRoot } from "../harness/scratch.ts";
import { type BenchEngine, runEngine, timeOf, timeRun } from "./engine.ts";
import type { Measure } from "./measure.ts";
import { removeMany, startMany, warmUp } from "./run-measures.ts";

const name = "bench";
const obedient = ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"];
const fileCount = 10_000;
const fileBytes = 50_000;
const copies = join(testRoot, "copies");

const keepRunning = (engine: BenchEngine, { busybox }: { readonly busybox: string }) =>
  runEngine(engine, ["run", "-d", `--name=${name}`, busybox, "sleep", "600"]);
const remove = (engine: BenchEngine) => runEngine(engine, ["rm", "-f", name]);

/** What is done with a container between its start and its end. */
export const containerMeasures: readonly Measure[] = [
  {
    name: "exec",
    title: "`exec true`",
    unit: "ms",
    target: { ratio: 0.6, to: "docker" },
    prepare: keepRunning,
    sample: (engine) => timeRun(engine, ["exec", name, "true"]),
    finish: remove,
  },
  {
    name: "start",
    title: "`start` of a created container",
    unit: "ms",
    target: { ratio: 0.5, to: "docker" },
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      await runEngine(engine, ["create", `--name=${name}`, busybox, "sleep", "600"]);
      const took = await timeRun(engine, ["start", name]);
      await remove(engine);
      return took;
    },
  },
  {
    name: "stop",
    title: "`stop` of a container that obeys SIGTERM",
    unit: "ms",
    target: { ratio: 0.6, to: "docker" },
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      await runEngine(engine, ["run", "-d", `--name=${name}`, busybox, ...obedient]);
      const took = await timeRun(engine, ["stop", name]);
      await remove(engine);
      return took;
    },
  },
  {
    name: "rm-40",
    title: "`rm -f` of 40 running containers",
    unit: "s",
    target: { ratio: 0.5, to: "docker" },
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      await startMany(engine, busybox);
      return (await timeOf(() => removeMany(engine))) / 1000;
    },
  },
  {
    name: "cp-in",
    title: "`cp` of 10,000 files, 500 MB, into a container",
    unit: "s",
    target: { ratio: 0.7, to: "docker" },
    prepare: keepRunning,
    // What was deleted a moment ago makes ext4 look for free inodes: each copy gets a place of its own, until the end.
    // And what one engine wrote is on the disk before the other writes.
    sample: async (engine) => {
      const source = await manyFiles();
      const took = await timeRun(engine, ["cp", source, `${name}:/${shortName()}`]);
      await mustRun("sync", []);
      return took / 1000;
    },
    finish: remove,
  },
  {
    name: "cp-out",
    title: "`cp` of the same folder out of a container",
    unit: "s",
    target: { ratio: 0.7, to: "docker" },
    prepare: async (engine, context) => {
      await keepRunning(engine, context);
      await runEngine(engine, ["cp", await manyFiles(), `${name}:/files`]);
    },
    sample: async (engine) => {
      await mkdir(copies, { recursive: true });
      const took = await timeRun(engine, ["cp", `${name}:/files`, join(copies, shortName())]);
      await mustRun("sync", []);
      return took / 1000;
    },
    finish: async (engine) => {
      await remove(engine);
      await rm(copies, { recursive: true, force: true });
    },
  },
];

/** A folder of a hundred folders with something else in each of its files; made once and kept. */
async function manyFiles(): Promise<string> {
  const path = join(testRoot, "cache/many-files-1");
  if (await stat(path).catch(() => undefined)) return path;
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const content = Buffer.alloc(fileBytes, "tdock ");
  for (let index = 0; index < fileCount; index += 1) {
    const parent = join(unfinished, String(index % 100));
    if (index < 100) await mkdir(parent, { recursive: true });
    content.writeUInt32LE(index, 0);
    await writeFile(join(parent, String(index)), content);
  }
  await rename(unfinished, path);
  return path;
}
