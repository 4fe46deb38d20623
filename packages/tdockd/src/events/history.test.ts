import { mkdtempSync, readFileSync } from "node:fs";
import { appendFile, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventMessage } from "@tdock/api/system";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EventHistory } from "./history.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
  path = join(folder, "events.jsonl");
});
afterEach(() => rm(folder, { recursive: true }));

function event(number: number): EventMessage {
  return { Type: "container", Action: `action-${number}` };
}

function actionsOf(history: EventHistory): string[] {
  return history.list().map(({ Action = "" }) => Action);
}

describe("EventHistory", () => {
  it("finds the newest events again after a restart, however many came before, in a file that stays small", async () => {
    const history = await EventHistory.open(path);
    const count = 10_000;
    for (let number = 0; number < count; number += 1) {
      history.add(event(number));
      if (number % 100 === 0) await history.written();
    }
    await history.written();

    const again = await EventHistory.open(path);

    expect(actionsOf(again)).toEqual(actionsOf(history));
    expect(actionsOf(again).at(-1)).toBe(`action-${count - 1}`);
    expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(5000);
  });

  it("passes over a line that a crash cut short", async () => {
    const history = await EventHistory.open(path);
    history.add(event(1));
    await history.written();
    await appendFile(path, '{"Type":"conta');

    expect(actionsOf(await EventHistory.open(path))).toEqual(["action-1"]);
  });

  it("writes what is missing in the file as soon as it can be written", async () => {
    const history = await EventHistory.open(path);
    await rm(folder, { recursive: true });
    history.add(event(1));
    await history.written();
    await mkdir(folder);

    history.add(event(2));
    await history.written();

    expect(actionsOf(await EventHistory.open(path))).toEqual(["action-1", "action-2"]);
  });
});
