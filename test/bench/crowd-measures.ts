import { readFile } from "node:fs/promises";
import { processesWith, programOf } from "../harness/instance/processes.ts";
import { apiOf } from "./bench-api.ts";
import { type BenchEngine, runEngine, timeOf } from "./engine.ts";
import { type Measure, medianOf } from "./measure.ts";
import { warmUp } from "./run-measures.ts";

const crowd = 500;
const asks = 50;
const atOnce = 200;
const inTurn = 1000;
/** Command lines that are under way together: more would only wait for a core. */
const lanes = 4;
/** podman has no server. */
const withApi = ["tdock", "docker"];
const names = (count: number) => Array.from({ length: count }, (_, index) => `crowd-${index}`);

/** Many containers: at a time, or one after another. */
export const crowdMeasures: readonly Measure[] = [
  {
    name: "api-ps",
    title: "`GET /containers/json` with 500 containers",
    unit: "ms",
    target: { most: 20 },
    engines: withApi,
    prepare: createCrowd,
    sample: (engine) => medianOfAsking(engine, () => "/containers/json?all=1"),
    finish: removeCrowd,
  },
  {
    name: "api-inspect",
    title: "`GET /containers/NAME/json` with 500 containers",
    unit: "ms",
    target: { most: 20 },
    engines: withApi,
    prepare: createCrowd,
    sample: (engine) => medianOfAsking(engine, (turn) => `/containers/crowd-${(turn * 7) % crowd}/json`),
    finish: removeCrowd,
  },
  {
    name: "run-200",
    title: "200 × `run -d` at once, none of which may fail",
    unit: "s",
    target: { ratio: 1, to: "docker" },
    engines: withApi,
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      const start = (name: string) => runEngine(engine, ["run", "-d", `--name=${name}`, busybox, "sleep", "600"]);
      const took = await timeOf(async () => void (await Promise.all(names(atOnce).map(start))));
      await runEngine(engine, ["rm", "-f", ...names(atOnce)]);
      return took / 1000;
    },
  },
  {
    name: "run-1000",
    title: "growth of the server after 1,000 × `run --rm`",
    unit: "MB",
    target: { most: 5 },
    engines: ["tdock"],
    prepare: async (engine, { busybox }) => runInTurn(engine, busybox, inTurn / 10),
    sample: async (engine, { busybox }) => {
      const before = await serverBytes(engine);
      await runInTurn(engine, busybox, inTurn);
      return ((await serverBytes(engine)) - before) / 1e6;
    },
  },
];

async function createCrowd(engine: BenchEngine, context: { readonly busybox: string }): Promise<void> {
  await warmUp(engine, context);
  await using api = apiOf(engine);
  const body = { Image: context.busybox, Cmd: ["true"] };
  for (const name of names(crowd)) {
    await api.must("POST", `/containers/create?name=${name}`, body);
  }
}

async function removeCrowd(engine: BenchEngine): Promise<void> {
  await runEngine(engine, ["rm", "-f", ...names(crowd)]);
}

async function medianOfAsking(engine: BenchEngine, pathOf: (turn: number) => string): Promise<number> {
  await using api = apiOf(engine);
  const times: number[] = [];
  for (let turn = 0; turn < asks; turn += 1) {
    times.push(await timeOf(async () => void (await api.must("GET", pathOf(turn)))));
  }
  return medianOf(times);
}

async function runInTurn(engine: BenchEngine, busybox: string, count: number): Promise<void> {
  let left = count;
  const lane = async () => {
    for (; left > 0; ) {
      left -= 1;
      await runEngine(engine, ["run", "--rm", busybox, "true"]);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Resident memory of tdockd alone, which holds what is known of containers. */
async function serverBytes({ env }: BenchEngine): Promise<number> {
  const all = await processesWith((env.DOCKER_HOST ?? "").replace("unix://", ""));
  const server = all.find((process) => programOf(process).startsWith("tdockd/"));
  const text = await readFile(`/proc/${server?.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN) * 1024;
}
