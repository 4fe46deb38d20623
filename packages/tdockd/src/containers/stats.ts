import { setTimeout as delay } from "node:timers/promises";
import type { containerStats } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Output } from "@tdock/api/output";
import type { Engine } from "../engine.ts";
import { type StatsSample, takeSample } from "./stats-sample.ts";

const intervalMs = 1000;
const never = "0001-01-01T00:00:00Z";

/**
 * What a container uses: one object a second, until the client or the container goes; without `stream` one object after
 * two samples, with `one-shot` after one. A container that does not run has an empty object.
 */
export async function streamStats(
  engine: Pick<Engine, "containerd" | "containers" | "now">,
  input: Input<typeof containerStats>,
  out: Output,
): Promise<void> {
  const { id } = engine.containers.get(input.id);
  const isStream = input.stream !== false;
  out.begin();
  let before: StatsSample | undefined;
  if (!isStream && input["one-shot"] !== true) {
    before = await takeSample(engine, engine.containers.get(id));
    await delay(intervalMs, undefined, { signal: out.signal });
  }
  while (!out.signal.aborted) {
    const container = engine.containers.find(id);
    if (container === undefined) return;
    // It may end between the look and the sample.
    const sample = await takeSample(engine, container).catch(() => undefined);
    if (sample !== undefined) {
      await out.write(`${JSON.stringify(message(container, sample, before))}\n`);
      before = sample;
    }
    if (!isStream) return;
    await delay(intervalMs, undefined, { signal: out.signal }).catch(() => {});
  }
}

function message(container: { id: string; name: string }, sample: StatsSample, before: StatsSample | undefined) {
  return {
    id: container.id,
    name: `/${container.name}`,
    os_type: "linux",
    read: sample.read,
    preread: before?.read ?? never,
    num_procs: 0,
    storage_stats: {},
    pids_stats: {},
    blkio_stats: {},
    memory_stats: {},
    cpu_stats: sample.cpu ?? emptyCpu,
    precpu_stats: before?.cpu ?? emptyCpu,
    ...sample.members,
  };
}

const emptyCpu = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};
