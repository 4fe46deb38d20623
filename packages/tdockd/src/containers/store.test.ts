import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Container } from "./container.ts";
import { ContainerStore } from "./store.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "containers-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const id = "0123456789abcdef".repeat(4);
const record: Container = {
  ...{ id, name: "web", createdAt: "", imageId: "", parentSnapshot: "", restartCount: 0, stoppedByUser: false },
  manifest: { mediaType: "", digest: "", size: 0 },
  platform: { os: "linux", architecture: "amd64" },
  ...{ config: {}, hostConfig: {}, endpoints: {}, mounts: [], status: { kind: "created" } },
};

describe("ContainerStore", () => {
  it("shows a container only once its folder and its record are there, but takes its name at once", async () => {
    const store = await ContainerStore.open(folder, pino({ enabled: false }));

    const created = store.create(record);

    expect([store.find("web"), store.find(id), store.list()]).toEqual([undefined, undefined, []]);
    await expect(store.create({ ...record, id: "b".repeat(64) })).rejects.toThrow("already in use");
    await created;
    expect(store.get("web").id).toBe(id);
    expect(readdirSync(store.folderOf(id))).toEqual(["container.json"]);
  });

  it("keeps a container whose name one had that was removed when tdockd was killed", async () => {
    const log = pino({ enabled: false });
    const store = await ContainerStore.open(folder, log);
    const ended = { exitCode: 137, startedAt: "", finishedAt: "", oomKilled: false, error: "" };
    // Files are read in any order.
    for (const doomed of ["0".repeat(64), "f".repeat(64)]) {
      await store.create({ ...record, id: doomed });
      await store.update(doomed, (before) => ({ ...before, status: { ...ended, kind: "dead" } }));
      store.hide(doomed);
    }
    await store.create(record);

    const again = await ContainerStore.open(folder, log);

    expect(again.get("web").id).toBe(id);
    expect(again.list()).toHaveLength(3);
  });

  it("gives the name back when the record cannot be written", async () => {
    const store = await ContainerStore.open(folder, pino({ enabled: false }));
    writeFileSync(store.folderOf(id), "in the way");

    await expect(store.create(record)).rejects.toThrow("EEXIST");

    expect(store.isNameTaken("web")).toBe(false);
    expect(store.find(id)).toBeUndefined();
  });
});
