// Measures tdock beside every peer found on this machine. Arguments: names of measures (default all), --rounds N, --engines a,b;
// with --phases it tells where the time of a start goes instead.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bigImageName, bigImageStorage } from "../harness/images/big-image.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { pushImage } from "../harness/images/push.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { buildMeasures } from "./build-measures.ts";
import { containerMeasures } from "./container-measures.ts";
import { crowdMeasures } from "./crowd-measures.ts";
import { startDockerEngine } from "./docker-engine.ts";
import type { BenchEngine } from "./engine.ts";
import { imageMeasures } from "./image-measures.ts";
import { type Measure, type Samples, takeSamples } from "./measure.ts";
import { iperfImage, networkMeasures } from "./network-measures.ts";
import { outputMeasures } from "./output-measures.ts";
import { phasesOfRun, renderPhases } from "./phases.ts";
import { startPodmanEngine } from "./podman-engine.ts";
import { pullMeasures } from "./pull-measures.ts";
import { runMeasures } from "./run-measures.ts";
import { serverMeasures } from "./server-measures.ts";
import { renderCaption, renderTable } from "./table.ts";
import { startTdockEngine } from "./tdock-engine.ts";

const measures = [
  ...runMeasures,
  ...containerMeasures,
  ...crowdMeasures,
  ...networkMeasures,
  ...pullMeasures,
  ...imageMeasures,
  ...outputMeasures,
  ...serverMeasures,
  ...buildMeasures,
];
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "10" },
    engines: { type: "string", default: "tdock,docker,podman" },
    phases: { type: "boolean", default: false },
  },
});
const chosen = measures.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.filter((wanted) => !measures.some(({ name }) => name === wanted));
if (unknown.length > 0) {
  process.stderr.write(`no measure ${unknown.join(", ")}; there are: ${measures.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

await using stack = new AsyncDisposableStack();
if (values.phases) {
  const registry = stack.use(await startRegistry());
  await pushImage(registry, "busybox", await busyboxImage());
  const phases = await phasesOfRun(`${registry.host}/busybox`, Number(values.rounds));
  process.stdout.write(`${renderPhases(phases)}\n`);
  await stack.disposeAsync();
  process.exit();
}
const storage = await bigImageStorage();
const registry = stack.use(await startRegistry({ storage }));
await pushImage(registry, "busybox", await busyboxImage());
await pushImage(registry, "iperf", await iperfImage());
const engines: BenchEngine[] = [];
const starters = { tdock: startTdockEngine, docker: startDockerEngine, podman: startPodmanEngine };
for (const [name, start] of Object.entries(starters)) {
  const engine = values.engines.split(",").includes(name) ? await start() : undefined;
  if (engine) engines.push(stack.use(engine));
}
const context = {
  engines,
  busybox: `${registry.host}/busybox`,
  iperf: `${registry.host}/iperf`,
  big: `${registry.host}/${bigImageName}`,
  bigLayers: await largeFiles(storage),
  rounds: Number(values.rounds),
};
const results = new Map<Measure, Samples>();
for (const measure of chosen) {
  process.stderr.write(`measuring ${measure.name}\n`);
  try {
    results.set(measure, await takeSamples(measure, context));
  } catch (thrown) {
    // What the others took is not lost with it.
    process.stderr.write(`${measure.name} failed: ${(thrown as Error).message}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${renderCaption(engines, context.rounds)}\n\n${renderTable(results, engines)}\n`);

/** The blobs of the big layers in the registry's storage. */
async function largeFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
  return sizes.filter(({ size }) => size > 10 << 20).map(({ path }) => path);
}
