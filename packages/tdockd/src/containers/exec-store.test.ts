import { mkdtempSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Exec } from "./exec.ts";
import { ExecStore } from "./exec-store.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "execs-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const id = "0123456789abcdef".repeat(4);
const exec: Exec = { id, containerId: "c", config: { Cmd: ["true"] }, status: { kind: "created" } };

describe("ExecStore", () => {
  it("knows an exec again after a restart, by a prefix of its id too", async () => {
    const store = await ExecStore.open(folder);
    await store.add(exec);
    await store.setStatus(id, { kind: "running", pid: 7 });

    const again = await ExecStore.open(folder);

    expect(again.get(id.slice(0, 12)).status).toEqual({ kind: "running", pid: 7 });
    await again.remove(id);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("gives an exec to one who starts it, and to another when that one has let go", async () => {
    const store = await ExecStore.open(folder);
    const claim = store.claim(id);

    expect(claim).toBeDefined();
    expect(store.claim(id)).toBeUndefined();
    claim?.[Symbol.dispose]();

    expect(store.claim(id)).toBeDefined();
  });

  it("notes how an exec ended though it cannot be written down", async () => {
    const store = await ExecStore.open(folder);
    await store.add(exec);
    const reached = store.reaches(id, ({ kind }) => kind === "exited", new AbortController().signal);
    await rm(folder, { recursive: true });

    await store.setStatus(id, { kind: "exited", pid: 7, exitCode: 3 });

    await reached;
    expect(store.get(id).status).toMatchObject({ exitCode: 3 });
  });
});
