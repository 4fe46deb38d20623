import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manyImagesArchive } from "../harness/images/many-images.ts";
import { ApiClient } from "../harness/instance/api-client.ts";
import { mustRun } from "../harness/program.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { scratchFolder, testRoot } from "../harness/scratch.ts";
import { type BenchEngine, runEngine, timeOf, timeRun } from "./engine.ts";
import type { BenchContext, Measure } from "./measure.ts";

/** podman has no server. */
const withApi = ["tdock", "docker"];
const manyNames = Array.from({ length: 1000 }, (_, index) => `bench.test/many:${index}`);
const loadedName = "bench.test/big:loaded";
const keptName = "bench.test/big:kept";

/** Images on their way elsewhere and back, and what the server takes for them. */
export const imageMeasures: readonly Measure[] = [
  {
    name: "push",
    title: "`push` of the same image to an empty registry",
    unit: "s",
    target: { ratio: 0.6, to: "docker" },
    prepare: pullBig,
    sample: async (engine, { big }) => {
      await using registry = await startRegistry();
      const target = `${registry.host}/big`;
      await runEngine(engine, ["tag", big, target]);
      const took = await timeRun(engine, ["push", target]);
      await runEngine(engine, ["rmi", target]);
      return took / 1000;
    },
    finish: removeBig,
  },
  {
    name: "save",
    title: "`save -o` of the same image",
    unit: "s",
    target: { ratio: 0.5, to: "docker" },
    prepare: pullBig,
    sample: async (engine, { big }) => {
      await using folder = await scratchFolder("save");
      const took = await timeRun(engine, ["save", "-o", join(folder.path, "saved.tar"), big]);
      return took / 1000;
    },
    finish: removeBig,
  },
  {
    name: "load",
    title: "`load -i` of the same image as Docker saves it",
    unit: "s",
    target: { ratio: 0.5, to: "docker" },
    sample: async (engine, context) => {
      const archive = await bigArchive(context);
      const took = await timeRun(engine, ["load", "-i", archive]);
      await runEngine(engine, ["rmi", loadedName]);
      await mustRun("sync", []);
      return took / 1000;
    },
  },
  {
    name: "pull-present",
    title: "`pull` of an image whose layers are all here",
    unit: "ms",
    target: { ratio: 0.6, to: "docker" },
    prepare: async (engine, context) => {
      await pullBig(engine, context);
      await runEngine(engine, ["tag", context.big, keptName]);
    },
    sample: async (engine, { big }) => {
      await runEngine(engine, ["rmi", big]);
      return timeRun(engine, ["pull", big]);
    },
    finish: async (engine, { big }) => runEngine(engine, ["rmi", big, keptName]),
  },
  {
    name: "list-1000",
    title: "list of 1,000 images over the API",
    unit: "ms",
    target: { most: 30 },
    engines: withApi,
    prepare: async (engine) => {
      await using folder = await scratchFolder("many");
      const archive = join(folder.path, "many.tar");
      await writeFile(archive, await manyImagesArchive(manyNames));
      await runEngine(engine, ["load", "-i", archive]);
    },
    sample: (engine) => timeOf(() => askApi(engine, "/images/json")),
    finish: (engine) => runEngine(engine, ["image", "prune", "--all", "--force"]),
  },
  {
    name: "pull-memory",
    title: "peak resident memory of the largest server during that `pull`",
    unit: "MB",
    target: { most: 150 },
    engines: withApi,
    sample: async (engine, context) => {
      const pids = await engine.serverPids();
      await Promise.all(pids.map((pid) => writeFile(`/proc/${pid}/clear_refs`, "5")));
      await pullBig(engine, context);
      const peaks = await Promise.all(pids.map(peakMegabytes));
      await removeBig(engine, context);
      return Math.max(...peaks);
    },
  },
];

async function pullBig(engine: BenchEngine, { big }: BenchContext): Promise<void> {
  await runEngine(engine, ["pull", big]);
}

async function removeBig(engine: BenchEngine, { big }: BenchContext): Promise<void> {
  await runEngine(engine, ["rmi", big]);
  await mustRun("sync", []);
}

/** The big image as an archive of uncompressed layers; made once and kept. */
async function bigArchive({ big }: BenchContext): Promise<string> {
  const path = join(testRoot, "cache/big-image-1.tar");
  if (await stat(path).catch(() => undefined)) return path;
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  const target = `docker-archive:${unfinished}:${loadedName}`;
  await mustRun("skopeo", ["copy", "--src-tls-verify=false", `docker://${big}`, target], { timeoutMs: 600_000 });
  await mustRun("mv", [unfinished, path]);
  return path;
}

async function askApi({ env }: BenchEngine, path: string): Promise<void> {
  const client = new ApiClient((env.DOCKER_HOST ?? "").replace("unix://", ""));
  const { status, body } = await client.call("GET", path);
  await client.close();
  if (status !== 200 || body.length < manyNames.length) throw new Error(`${path} answered ${status}: ${body.length}`);
}

/** The most that a process has held since its counter was reset; shared pages count whole. */
async function peakMegabytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1]) * 1024) / 1e6;
}
