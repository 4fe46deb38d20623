import { mkdtempSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Network } from "./network.ts";
import { NetworkStore } from "./store.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "networks-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = () => NetworkStore.open(folder, pino({ enabled: false }));
const named = (name: string, digit: string) => ({ id: digit.repeat(64), name, subnets: [] as unknown }) as Network;

describe("NetworkStore", () => {
  it("lets nobody remove a network that is still being created: it would come back with the next start", async () => {
    const store = await open();
    const network = named("web", "1");

    const created = store.create(network);

    expect([store.find("web"), store.list(), store.planned()]).toEqual([undefined, [], [network]]);
    await expect(store.create(named("web", "2"))).rejects.toThrow("already exists");
    await created;
    expect([store.get("web"), store.list(), store.planned()]).toEqual([network, [network], [network]]);
  });

  it("never has two networks of one name on disk", async () => {
    const store = await open();
    await store.create(named("web", "1"));

    const removed = store.remove(store.get("web"));

    expect(store.find("web")).toBeUndefined();
    await expect(store.create(named("web", "2"))).rejects.toThrow("already exists");
    await removed;
    expect(readdirSync(folder)).toEqual([]);
    await store.create(named("web", "2"));
    expect((await open()).list()).toEqual([named("web", "2")]);
  });
});
