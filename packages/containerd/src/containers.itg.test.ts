import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";
import { mustRun } from "../../../test/harness/program.ts";

describe("containers", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  const ctr = (...args: string[]) => mustRun("ctr", ["-a", containerd.address, "-n", "test", ...args]);

  it("keeps every field of a record, and containerd's own client reads the same", async () => {
    const { containers } = containerd.client;
    const before = Date.now();
    const made = {
      id: "every-field",
      labels: { "a.b/c": "d", plain: "1" },
      image: "docker.io/library/x:latest",
      runtime: "io.containerd.runc.v2",
      snapshotter: "overlayfs",
      snapshotKey: "some-key",
      spec: { ociVersion: "1.0.2", hostname: "h" },
    };

    await containers.create({ ...made, runtimeOptions: { binaryName: "/usr/sbin/runc" } });

    const record = await containers.get("every-field");
    expect(record).toMatchObject(made);
    expect(record.createdAt?.getTime()).toBeGreaterThanOrEqual(before - 1);
    expect(record.updatedAt).toEqual(record.createdAt);
    const seen = JSON.parse(await ctr("containers", "info", "every-field"));
    expect(seen).toMatchObject({
      ID: made.id,
      Labels: made.labels,
      Image: made.image,
      Runtime: { Name: made.runtime, Options: { type_url: "containerd.runc.v1.Options" } },
      Snapshotter: made.snapshotter,
      SnapshotKey: made.snapshotKey,
      Spec: made.spec,
    });
  });

  it("refuses an ID that is in use", async () => {
    await containerd.client.containers.create({ id: "twice", spec: {} });

    await expect(containerd.client.containers.create({ id: "twice", spec: {} })).rejects.toMatchObject({
      code: "conflict",
      reason: "already-exists",
    });
  });

  it("sets and removes labels, and leaves the others", async () => {
    const { containers } = containerd.client;
    await containers.create({ id: "labelled", spec: {}, labels: { stays: "1", changes: "1", "goes/away": "1" } });

    await containers.updateLabels("labelled", { changes: "2", "goes/away": undefined, "comes.new": "3" });

    const { labels } = await containers.get("labelled");
    expect(labels).toEqual({ stays: "1", changes: "2", "comes.new": "3" });
  });

  it("lists by filters", async () => {
    const { containers } = containerd.client;
    await containers.create({ id: "listed", spec: {}, labels: { "x/y": "1" } });

    const ids = (list: { id: string }[]) => list.map(({ id }) => id);

    expect(ids(await containers.list(['labels."x/y"==1']))).toEqual(["listed"]);
    expect(ids(await containers.list())).toContain("listed");
  });

  it("forgets a record that is deleted", async () => {
    const { containers } = containerd.client;
    await containers.create({ id: "gone", spec: {} });

    await containers.delete("gone");

    await expect(containers.get("gone")).rejects.toMatchObject({ code: "not-found" });
    await expect(containers.delete("gone")).rejects.toMatchObject({ code: "not-found" });
  });
});
