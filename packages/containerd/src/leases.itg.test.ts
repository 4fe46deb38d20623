import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";

describe("leases", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  it("keeps every field, and when it expires", async () => {
    const { leases } = containerd.client;
    const expiresAt = new Date(Date.now() + 3_600_000);

    await leases.create({ id: "l1", labels: { a: "b" }, expiresAt });

    const [lease] = await leases.list(["id==l1"]);
    expect(lease).toMatchObject({ id: "l1", labels: { a: "b", "containerd.io/gc.expire": expiresAt.toISOString() } });
    expect(lease?.createdAt).toBeInstanceOf(Date);
  });

  it("refuses an ID that is in use", async () => {
    await containerd.client.leases.create({ id: "l2" });

    await expect(containerd.client.leases.create({ id: "l2" })).rejects.toMatchObject({ reason: "already-exists" });
  });

  it("holds what was made under it, and what was added, until it is deleted", async () => {
    const { leases, snapshots } = containerd.client;
    await leases.create({ id: "l3" });
    await leases.create({ id: "l4" });
    await snapshots.prepare({ key: "under-l3" }, { lease: "l3" });

    expect(await leases.listResources("l3")).toEqual([{ type: "snapshots/overlayfs", id: "under-l3" }]);
    await leases.addResource("l4", { type: "snapshots/overlayfs", id: "under-l3" });
    await leases.delete("l3", { sync: true });
    expect((await snapshots.stat("under-l3")).name).toBe("under-l3");
    await leases.deleteResource("l4", { type: "snapshots/overlayfs", id: "under-l3" });
    await leases.delete("l4", { sync: true });

    await expect(snapshots.stat("under-l3")).rejects.toMatchObject({ code: "not-found" });
    await expect(leases.delete("l4")).rejects.toMatchObject({ code: "not-found" });
  });
});
