import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { StepCache } from "./step-cache.ts";
import type { StepRecord } from "./step-record.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "steps-"));
});
afterEach(() => rm(folder, { recursive: true }));

const record = (key: string, snapshot = `snapshot-${key}`) =>
  ({
    ...{ key, id: key, slot: key, title: key, snapshot, layers: [], inputs: {}, sizeBytes: 1, usageCount: 1 },
    ...{ createdAt: "2026-01-01T00:00:00Z", lastUsedAt: "2026-01-01T00:00:00Z" },
  }) as unknown as StepRecord;
const reopened = () => StepCache.open(folder, { warn: () => undefined });
const keys = (cache: StepCache) => cache.list().map(({ key, snapshot }) => `${key} ${snapshot}`);
/** The machine has been started anew: what was not synced may be lost. */
const reboot = () => writeFile(join(folder, "boot-id"), "another boot");

it("keeps every record over a restart of tdockd, and only settled ones over one of the machine", async () => {
  const cache = await reopened();
  await cache.put(record("one"));
  await cache.settle(async () => undefined);
  await cache.put(record("one"));
  await cache.put(record("two"));

  expect(keys(await reopened()).sort()).toEqual(["one snapshot-one", "two snapshot-two"]);
  await reboot();
  expect(keys(await reopened())).toEqual(["one snapshot-one"]);
});

it("takes a step that was made again for unsettled", async () => {
  const cache = await reopened();
  await cache.put(record("one"));
  await cache.settle(async () => undefined);
  await cache.put(record("one", "made-again"));

  expect(keys(await reopened())).toEqual(["one made-again"]);
  await reboot();
  expect(keys(await reopened())).toEqual([]);
});

it("does not count what was put while the disk was being synced", async () => {
  const cache = await reopened();
  await cache.put(record("one"));
  await cache.settle(() => cache.put(record("two")));

  await reboot();
  expect(keys(await reopened())).toEqual(["one snapshot-one"]);
});

it("forgets a record that is removed", async () => {
  const cache = await reopened();
  await cache.put(record("one"));
  await cache.settle(async () => undefined);
  await cache.remove("one");

  expect(keys(await reopened())).toEqual([]);
});

it("knows the run of an instruction that has moved in its stage", async () => {
  const cache = await reopened();
  const run = (key: string, slot: string, text: string) => ({ ...record(key), slot, inputs: { text } }) as StepRecord;
  await cache.put(run("one", "d make 0 run", "RUN one"));
  await cache.put(run("two", "d make 1 run", "RUN two"));
  await cache.put(run("other", "d other 5 run", "RUN other"));

  expect(cache.latest("d make 0 run", "RUN one")?.key).toBe("one");
  expect(cache.latest("d make 0 run", "RUN two")?.key).toBe("two");
  expect(cache.latest("d make 0 run", "RUN other")?.key).toBe("one");
  expect(cache.latest("d make 2 run", "RUN other")).toBeUndefined();
});
