import { readFileSync } from "node:fs";
import { ContainerProcess } from "./container-process.ts";
import { hashOf } from "./run-under.ts";
import { RunningKeeper } from "./running-keeper.ts";

/** What it took to bring output from a FIFO to the log and, when attached, to a reader. */
export interface Throughput {
  readonly megabytesPerSecond: number;
  /** CPU time of the keeper alone, which says more than the rate on a busy machine. */
  readonly keeperCpuSeconds: number;
}

/** Runs `megabytes` of output, written in pieces of 4 KiB as containerd's shim does, through a keeper of its own. */
export async function measureThroughput(megabytes: number, attached: boolean): Promise<Throughput> {
  await using keeper = new RunningKeeper();
  const request = keeper.request("c");
  await keeper.client.open(request);
  const reader = attached ? await keeper.client.attach({ id: "c", stdout: true, stderr: true, raw: false }) : undefined;
  const ended = reader && hashOf(reader);
  const cpuBefore = cpuSeconds(keeper.pid);
  const begin = performance.now();
  using container = await ContainerProcess.start(
    request,
    `dd if=/dev/zero bs=4096 count=${megabytes * 256} status=none`,
  );
  await keeper.client.started(request);
  await container.ended;
  await keeper.client.forget(request);
  await ended;
  const seconds = (performance.now() - begin) / 1000;
  return { megabytesPerSecond: megabytes / seconds, keeperCpuSeconds: cpuSeconds(keeper.pid) - cpuBefore };
}

/** User and system time, from fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
