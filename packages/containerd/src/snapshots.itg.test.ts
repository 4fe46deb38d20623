import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { eventually } from "../../../test/harness/eventually.ts";
import type { Mount } from "./mount.ts";

describe("snapshots", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
    // Nothing here has a name that keeps it: without a lease the collector would take it away between two lines.
    await containerd.client.leases.create({ id: "tests" });
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  const lease = { lease: "tests" };
  const optionOf = (mounts: Mount[], name: string) =>
    mounts[0]?.options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

  it("prepares an empty root as one writable bind mount", async () => {
    const mounts = await containerd.client.snapshots.prepare({ key: "empty" }, lease);

    expect(mounts).toEqual([{ type: "bind", source: expect.stringContaining("/fs"), options: ["rw", "rbind"] }]);
    expect(existsSync(mounts[0]?.source ?? "")).toBe(true);
    expect(await containerd.client.snapshots.mounts("empty")).toEqual(mounts);
  });

  it("commits what was written, and lays the next one over it", async () => {
    const { snapshots } = containerd.client;
    const [base] = await snapshots.prepare({ key: "work" }, lease);
    await writeFile(join(base?.source ?? "", "file"), "x".repeat(10_000));
    await snapshots.commit({ key: "work", name: "layer", labels: { "containerd.io/gc.root": "now" } }, lease);

    const mounts = await snapshots.prepare({ key: "top", parent: "layer", labels: { a: "b" } }, lease);

    expect(mounts).toMatchObject([{ type: "overlay", source: "overlay" }]);
    expect(existsSync(join(optionOf(mounts, "lowerdir"), "file"))).toBe(true);
    expect(existsSync(optionOf(mounts, "upperdir"))).toBe(true);
    expect(await snapshots.stat("layer")).toMatchObject({ name: "layer", parent: "", kind: "committed" });
    const top = await snapshots.stat("top");
    expect(top).toMatchObject({ name: "top", parent: "layer", kind: "active", labels: { a: "b" } });
    expect(top.createdAt).toBeInstanceOf(Date);
    expect(top.updatedAt).toBeInstanceOf(Date);
    const usage = await snapshots.usage("layer");
    expect(usage.sizeBytes).toBeGreaterThanOrEqual(10_000);
    expect(usage.inodes).toBe(2);
  });

  it("gives a read-only view of a layer", async () => {
    const { snapshots } = containerd.client;
    await snapshots.prepare({ key: "viewed-work" }, lease);
    await snapshots.commit({ key: "viewed-work", name: "viewed" }, lease);

    const mounts = await snapshots.view({ key: "view", parent: "viewed", labels: { v: "1" } }, lease);

    expect(mounts[0]?.options).toContain("ro");
    expect(await snapshots.stat("view")).toMatchObject({ kind: "view", parent: "viewed", labels: { v: "1" } });
  });

  it("changes labels and lists by them", async () => {
    const { snapshots } = containerd.client;
    await snapshots.prepare({ key: "labelled", labels: { goes: "1" } }, lease);

    await snapshots.updateLabels("labelled", { goes: undefined, comes: "1" });

    const found = await snapshots.list(["labels.comes==1"]);
    expect(found.map(({ name, labels }) => ({ name, labels }))).toEqual([{ name: "labelled", labels: { comes: "1" } }]);
    expect((await snapshots.list()).length).toBeGreaterThan(1);
  });

  it("refuses a key in use, an unknown parent, and the removal of a parent", async () => {
    const { snapshots } = containerd.client;
    await snapshots.prepare({ key: "p" }, lease);
    await snapshots.commit({ key: "p", name: "parent" }, lease);
    await snapshots.prepare({ key: "child", parent: "parent" }, lease);

    await expect(snapshots.prepare({ key: "child" }, lease)).rejects.toMatchObject({ reason: "already-exists" });
    await expect(snapshots.prepare({ key: "x", parent: "nobody" }, lease)).rejects.toMatchObject({ code: "not-found" });
    await expect(snapshots.remove("parent")).rejects.toMatchObject({ code: "conflict", reason: "failed-precondition" });
  });

  it("leaves the files of what was removed to the collector", async () => {
    const { snapshots, leases } = containerd.client;
    const [mount] = await snapshots.prepare({ key: "removed" }, lease);
    await leases.create({ id: "to-collect" });

    await snapshots.remove("removed");
    await leases.delete("to-collect", { sync: true });

    await expect(snapshots.stat("removed")).rejects.toMatchObject({ code: "not-found" });
    await eventually(() => expect(existsSync(mount?.source ?? "")).toBe(false));
  });
});
