import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesWith, programOf } from "../harness/instance/processes.ts";
import { testRoot } from "../harness/scratch.ts";
import { writePackages } from "./build-context.ts";
import { type BenchEngine, runEngine, timeCommand } from "./engine.ts";
import type { BenchContext, Measure } from "./measure.ts";

const besideDocker = { unit: "s", engines: ["tdock", "docker"], finish: discard } as const;

/** Building images; Debian's docker does it with BuildKit. */
export const buildMeasures: readonly Measure[] = [
  {
    name: "build-cold",
    title: "`build`, nothing cached, 530 MB and 13,000 files, seven steps",
    ...besideDocker,
    target: { ratio: 0.7, to: "docker" },
    prepare: preparePackages,
    sample: async (engine) => {
      await forget(engine);
      return build(engine, packagesOf(engine));
    },
  },
  {
    name: "build-cached",
    title: "`build`, everything cached",
    ...besideDocker,
    target: { ratio: 0.5, to: "docker" },
    prepare: buildPackages,
    sample: (engine) => build(engine, packagesOf(engine)),
  },
  {
    name: "build-changed",
    title: "`build`, one file of the last COPY changed",
    ...besideDocker,
    target: { ratio: 0.5, to: "docker" },
    prepare: buildPackages,
    sample: async (engine) => {
      await writeFile(join(packagesOf(engine), "source/file-0"), randomUUID());
      return build(engine, packagesOf(engine));
    },
  },
  {
    name: "build-stages",
    title: "`build` of four independent stages",
    ...besideDocker,
    target: { ratio: 0.8, to: "docker" },
    prepare: async (engine, { busybox }) => {
      writeContext(folderOf(engine, "stages"), stagesDockerfile(busybox));
      await build(engine, folderOf(engine, "stages"));
    },
    sample: (engine) => build(engine, folderOf(engine, "stages"), "--no-cache"),
  },
  {
    name: "build-small",
    title: "`build` of 10,000 small files, one of them changed",
    ...besideDocker,
    target: { ratio: 0.5, to: "docker" },
    prepare: async (engine, { busybox }) => {
      const folder = folderOf(engine, "small");
      writeContext(folder, `FROM ${busybox}\nCOPY files /files\nRUN test -e /files\n`);
      writePackages(join(folder, "files"), { files: 10_000, bytes: 10_000_000 });
      await sleep(settleMs);
      await build(engine, folder);
    },
    sample: async (engine) => {
      await writeFile(join(folderOf(engine, "small"), "files/package-9/lib/file-3.js"), randomUUID());
      return build(engine, folderOf(engine, "small"));
    },
  },
  {
    name: "build-memory",
    title: "most resident memory of tdockd in the build of 530 MB",
    unit: "MB",
    target: { most: 200 },
    engines: ["tdock"],
    prepare: preparePackages,
    sample: async (engine) => {
      await forget(engine);
      const status = `/proc/${await serverPid(engine)}`;
      await writeFile(`${status}/clear_refs`, "5"); // forgets the peak so far
      await build(engine, packagesOf(engine));
      const kibibytes = Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(`${status}/status`, "utf8"))?.[1]);
      return (kibibytes * 1024) / 1e6;
    },
    finish: discard,
  },
];

const packagesDockerfile = (base: string) => `FROM ${base}
WORKDIR /app
COPY manifest.json ./
RUN echo installing > /installed
COPY packages /app/packages
RUN find /app/packages -type f | wc -l > /count
COPY source /app/source
RUN cat /app/source/* | sha256sum > /app/digest
`;

const stagesDockerfile = (base: string) => {
  const names = ["one", "two", "three", "four"];
  const stages = names.map(
    (name) => `FROM ${base} AS ${name}\nRUN seq 100000 | sha256sum > /${name}\nRUN seq 100000 >> /${name}\n`,
  );
  const copies = names.map((name) => `COPY --from=${name} /${name} /\n`);
  return [...stages, `FROM ${base}\n`, ...copies].join("");
};

async function preparePackages(engine: BenchEngine, { busybox }: BenchContext): Promise<void> {
  const folder = packagesOf(engine);
  writeContext(folder, packagesDockerfile(busybox));
  writeFileSync(join(folder, "manifest.json"), "{}\n");
  writePackages(join(folder, "packages"), { files: 12_900, bytes: 525_000_000 });
  mkdirSync(join(folder, "source"));
  for (let index = 0; index < 100; index++)
    writeFileSync(join(folder, `source/file-${index}`), `${index}`.repeat(20_000));
  await runEngine(engine, ["pull", busybox]);
}

async function buildPackages(engine: BenchEngine, context: BenchContext): Promise<void> {
  await preparePackages(engine, context);
  await sleep(settleMs);
  await build(engine, packagesOf(engine));
}

/** What has just been written may change again without its time changing: tdock reads it once more. */
const settleMs = 3000;

function packagesOf(engine: BenchEngine): string {
  return folderOf(engine, "packages");
}

/** Each engine has a context of its own, so that none profits from what another has read or changed. */
function folderOf({ name }: BenchEngine, kind: string): string {
  return join(testRoot, `bench-build-${process.pid}-${name}-${kind}`);
}

function writeContext(folder: string, dockerfile: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "Dockerfile"), dockerfile);
}

/** How many seconds a build takes. */
async function build({ command, env }: BenchEngine, folder: string, ...flags: string[]): Promise<number> {
  const args = ["build", "-t", "bench", ...flags, folder];
  return (await timeCommand([...command, ...args], { ...env, DOCKER_BUILDKIT: "1" })) / 1000;
}

async function discard(engine: BenchEngine): Promise<void> {
  for (const kind of ["packages", "stages", "small"])
    await rm(folderOf(engine, kind), { recursive: true, force: true });
  await forget(engine);
}

/** Leaves nothing of an earlier build, neither image nor cache. */
async function forget(engine: BenchEngine): Promise<void> {
  await runEngine(engine, ["rmi", "-f", "bench"]).catch(() => {}); // before the first build there is none
  await runEngine(engine, ["builder", "prune", "-a", "-f"]);
}

async function serverPid({ env }: BenchEngine): Promise<number> {
  const root = (env.DOCKER_HOST ?? "").replace(/^unix:\/\//, "").replace(/[^/]*$/, "");
  const found = (await processesWith(root)).find((one) => programOf(one).includes("tdockd"));
  if (found === undefined) throw new Error(`no tdockd runs in ${root}`);
  return found.pid;
}
