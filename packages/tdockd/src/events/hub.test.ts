import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventHistory } from "./history.ts";
import { EventHub } from "./hub.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hub-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function openHub(): Promise<EventHub> {
  return new EventHub(() => new Date(0), await EventHistory.open(join(folder, "events.jsonl")));
}

/** After what nobody needs has been collected. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

describe("EventHub.subscribe", () => {
  it("cuts off a reader that is more than 10,000 events behind, and collects no more for it", async () => {
    const hub = await openHub();
    const reader = hub.subscribe(new AbortController().signal);
    const emit = (id: number) => hub.emit({ type: "volume", action: "create", id: `volume ${id}`, attributes: {} });
    const first = reader.next();
    emit(0);
    await first;
    for (let id = 1; id <= 20_000; id += 1) emit(id);
    await hub.written();
    const before = heapBytes();

    for (let id = 20_001; id <= 100_000; id += 1) emit(id);

    await hub.written();
    expect(heapBytes() - before).toBeLessThan(10_000_000);
    await expect(reader.next()).rejects.toMatchObject({ code: "unavailable" });
  });
});
