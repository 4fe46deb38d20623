import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startTdockd } from "../harness/instance/tdockd.ts";
import { medianOf } from "./measure.ts";

/** A line of tdockd's debug log, as far as it is read here. `time` is milliseconds since 1970. */
interface Line {
  readonly msg: string;
  readonly time: number;
  readonly method?: string;
  readonly url?: string;
  readonly ms?: number;
  readonly phases?: Readonly<Record<string, number>>;
}

/** Where the time of `run --rm IMAGE true` goes: medians of `rounds` runs in milliseconds, in the order they come. */
export async function phasesOfRun(image: string, rounds: number): Promise<ReadonlyMap<string, number>> {
  await using tdockd = await startTdockd({ flags: ["--log-level=debug"] });
  const log = join(tdockd.layout.root, "tdockd.log");
  await tdockd.mustTdock(["run", "--rm", image, "true"]);
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    const before = (await readFile(log, "utf8")).length;
    const began = performance.now();
    await tdockd.mustTdock(["run", "--rm", image, "true"]);
    const took = performance.now() - began;
    const lines = parseLines((await readFile(log, "utf8")).slice(before));
    for (const [name, value] of phasesOf(lines, took)) samples.set(name, [...(samples.get(name) ?? []), value]);
  }
  return new Map([...samples].map(([name, values]) => [name, medianOf(values)]));
}

export function renderPhases(phases: ReadonlyMap<string, number>): string {
  const rows = [...phases].map(([name, value]) => `| ${name} | ${value.toFixed(1)} ms |`);
  return ["| phase of `run --rm busybox true` | median |", "| --- | --- |", ...rows].join("\n");
}

function parseLines(text: string): Line[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line);
}

/** What the client needs for itself is what is left of its time when tdockd's is taken away. */
function phasesOf(lines: readonly Line[], tookMs: number): [string, number][] {
  const create = request(lines, "/create");
  const start = request(lines, "/start");
  const wait = request(lines, "/wait");
  const started = lines.find(({ msg }) => msg === "started")?.phases ?? {};
  const inside = Object.values(started).reduce((sum, ms) => sum + ms, 0);
  const afterStart = Math.max(0, wait.time - start.time);
  return [
    ["client: start of the program, requests, end", tookMs - create.ms - start.ms - afterStart],
    ["REST: create, with record and snapshot", create.ms],
    ["start: root file system", started.rootfs ?? 0],
    ["start: network", started.network ?? 0],
    ["start: specification", started.spec ?? 0],
    ["start: containerd's record, keeper", started.record ?? 0],
    ["start: Tasks.Create (shim and runc)", started["task-create"] ?? 0],
    ["start: Tasks.Start (runc)", started["task-start"] ?? 0],
    ["start: record, events, REST", start.ms - inside],
    ["exit and clean-up, until the client knows", afterStart],
    ["all of it, as the user sees it", tookMs],
  ];
}

function request(lines: readonly Line[], part: string): { readonly time: number; readonly ms: number } {
  const found = lines.find(({ msg, url }) => msg === "answered" && url?.includes(part));
  if (found?.ms === undefined) throw new Error(`tdockd's log tells nothing of ${part}`);
  return { time: found.time, ms: found.ms };
}
