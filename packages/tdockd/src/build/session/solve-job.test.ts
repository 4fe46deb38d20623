import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { SolveJob } from "./solve-job.ts";

const log = (text: string) => ({ logs: [{ vertex: "v", atMs: 0, bytes: Buffer.from(text) }] });
const { signal } = new AbortController();

describe("SolveJob", () => {
  it("gives a reader what was told before it came, and ends when the build does", async () => {
    const job = new SolveJob();
    await job.tell(log("early"));
    const reading = Array.fromAsync(job.read(signal));
    await job.tell(log("late"));

    job.end();

    expect(await reading).toEqual([log("early"), log("late")]);
  });

  it("keeps a build waiting for a reader that lags", async () => {
    const job = new SolveJob();
    const reader = job.read(signal);
    const first = reader.next();
    let told = 0;
    const telling = (async () => {
      for (; told < 5000; told++) await job.tell(log("x"));
      job.end();
    })();
    await first;
    for (let turn = 0; turn < 100; turn++) await nextTurn();

    expect(told).toBeLessThan(1100);

    expect(await Array.fromAsync(reader)).toHaveLength(4999);
    await telling;
  });

  it("drops output that nobody reads when it becomes too much, but no vertex", async () => {
    const job = new SolveJob();
    for (let told = 0; told < 2000; told++) await job.tell(log("x"));
    const vertex = { vertexes: [{ digest: "d", name: "n", startedMs: 0 }] };

    await job.tell(vertex);
    job.end();

    const updates = await Array.fromAsync(job.read(signal));
    expect(updates).toHaveLength(1001);
    expect(updates.at(-1)).toEqual(vertex);
  });

  it("lets a reader go that gives up", async () => {
    const over = new AbortController();
    const reading = Array.fromAsync(new SolveJob().read(over.signal));

    over.abort();

    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });
});
