import { readFile } from "node:fs/promises";
import { eventually } from "../harness/eventually.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { hostProgramEntries } from "../harness/images/host-program.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { mustRun } from "../harness/program.ts";
import { apiOf } from "./bench-api.ts";
import { type BenchEngine, runEngine, timeOf, timeRun } from "./engine.ts";
import { type Measure, medianOf } from "./measure.ts";
import { warmUp } from "./run-measures.ts";

const network = "bench-net";
const crowd = 100;
const lookUpScript = new URL("look-up.ts", import.meta.url).pathname;
const ports = "20000-20999";
const seconds = 3;
/** podman's network commands and published ports need its own bridge, which this machine may not have. */
const engines = ["tdock", "docker"];

const run = (engine: BenchEngine, ...args: string[]) =>
  runEngine(engine, ["run", "-d", `--network=${network}`, ...args]);
const createNetwork = (engine: BenchEngine) => runEngine(engine, ["network", "create", network]);
// docker lets go of its endpoints only after it has said that their containers are removed.
const removeNetwork = (engine: BenchEngine) => eventually(() => runEngine(engine, ["network", "rm", network]));

/** What networks cost, and what passes through them. */
export const networkMeasures: readonly Measure[] = [
  {
    name: "iperf",
    title: "a GB by TCP from container to container (iperf3)",
    unit: "ms",
    target: { ratio: 1.02, to: "docker" },
    engines,
    prepare: (engine, { iperf }) => startServer(engine, iperf),
    sample: async (engine, { iperf }) =>
      msPerGigabyte(await output(engine, ["run", "--rm", `--network=${network}`, iperf, ...client("server")])),
    finish: stopServer,
  },
  {
    name: "iperf-published",
    title: "a GB by TCP through a published port (iperf3)",
    unit: "ms",
    target: { ratio: 1, to: "docker" },
    engines,
    prepare: (engine, { iperf }) => startServer(engine, iperf, "-p", `${publishedPort(engine)}:5201`),
    sample: async (engine) => {
      const [address = ""] = (await mustRun("hostname", ["-I"])).trim().split(" ");
      return msPerGigabyte(await mustRun("iperf3", [...client(address).slice(1), "-p", publishedPort(engine)]));
    },
    finish: stopServer,
  },
  {
    name: "connect",
    title: "`POST /networks/NAME/connect` and `disconnect`",
    unit: "ms",
    target: { ratio: 0.4, to: "docker" },
    engines,
    prepare: async (engine, { busybox }) => {
      await createNetwork(engine);
      await runEngine(engine, ["run", "-d", "--name=joins", busybox, "sleep", "600"]);
    },
    sample: async (engine) => {
      await using api = apiOf(engine);
      return await timeOf(async () => {
        await api.must("POST", `/networks/${network}/connect`, { Container: "joins" });
        await api.must("POST", `/networks/${network}/disconnect`, { Container: "joins" });
      });
    },
    finish: async (engine) => {
      await runEngine(engine, ["rm", "-f", "joins"]);
      await removeNetwork(engine);
    },
  },
  {
    name: "names",
    title: "look-up of a container's name among 100",
    unit: "ms",
    target: { most: 1 },
    engines,
    prepare: async (engine, { busybox }) => {
      await createNetwork(engine);
      for (const name of crowdNames()) await run(engine, `--name=${name}`, busybox, "sleep", "3600");
      await run(engine, "--name=asks", busybox, "sleep", "3600");
    },
    sample: async (engine) => medianOf(await lookUpTimes(engine, "asks")),
    finish: async (engine) => {
      await runEngine(engine, ["rm", "-f", "asks", ...crowdNames()]);
      await removeNetwork(engine);
    },
  },
  {
    name: "publish-1000",
    title: "`run -d` with a range of 1,000 published ports",
    unit: "ms",
    target: { ratio: 0.1, to: "docker" },
    engines,
    prepare: warmUp,
    sample: async (engine, { busybox }) => {
      const flags = ["--name=publishes", "-p", `${ports}:${ports}`];
      const took = await timeRun(engine, ["run", "-d", ...flags, busybox, "sleep", "600"]);
      await runEngine(engine, ["rm", "-f", "publishes"]);
      return took;
    },
  },
];

/** busybox with this machine's iperf3. */
export async function iperfImage(): Promise<OciImage> {
  const entries = [...(await busyboxEntries()), ...(await hostProgramEntries("/usr/bin/iperf3"))];
  return imageOf({ layers: [await layerOf(entries)], config: busyboxConfig });
}

/** To an address other than 127.0.0.1 docker's proxy has no part in it. */
function publishedPort({ name }: BenchEngine): string {
  return name === "tdock" ? "15201" : "15202";
}

function client(server: string): string[] {
  return ["iperf3", "-c", server, "-t", String(seconds), "-J"];
}

async function startServer(engine: BenchEngine, iperf: string, ...flags: string[]): Promise<void> {
  await createNetwork(engine);
  await run(engine, "--name=server", ...flags, iperf, "iperf3", "-s");
}

async function stopServer(engine: BenchEngine): Promise<void> {
  await runEngine(engine, ["rm", "-f", "server"]);
  await removeNetwork(engine);
}

function msPerGigabyte(report: string): number {
  const { end } = JSON.parse(report) as { end: { sum_received: { bits_per_second: number } } };
  return 8e12 / end.sum_received.bits_per_second;
}

function crowdNames(): string[] {
  return Array.from({ length: crowd }, (_, index) => `named-${index}`);
}

/** Asks the DNS server of the container's own resolv.conf, from within its network; the milliseconds of each question. */
async function lookUpTimes(engine: BenchEngine, container: string): Promise<number[]> {
  const pid = (await output(engine, ["inspect", "-f", "{{.State.Pid}}", container])).trim();
  const resolvConf = await readFile(`/proc/${pid}/root/etc/resolv.conf`, "utf8");
  const server = /^nameserver (\S+)/m.exec(resolvConf)?.[1] ?? "";
  const args = [`--net=/proc/${pid}/ns/net`, process.execPath, lookUpScript, server, ...crowdNames()];
  return (await mustRun("nsenter", args)).trim().split("\n").map(Number);
}

async function output({ command: [file = "", ...first], env }: BenchEngine, args: readonly string[]): Promise<string> {
  return await mustRun(file, [...first, ...args], { env });
}
