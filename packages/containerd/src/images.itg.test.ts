import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";

describe("images", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  const targetOf = (text: string) => ({
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: `sha256:${createHash("sha256").update(text).digest("hex")}`,
    size: text.length,
    annotations: { "org.opencontainers.image.ref.name": "x" },
  });

  it("keeps every field of a name", async () => {
    const { images } = containerd.client;
    const made = { name: "docker.io/library/a:1", target: targetOf("a"), labels: { k: "v" } };

    await images.create(made);

    const record = await images.get(made.name);
    expect(record).toMatchObject(made);
    expect(record.createdAt).toBeInstanceOf(Date);
    expect(record.updatedAt).toEqual(record.createdAt);
  });

  it("refuses a name that is in use, which can be pointed elsewhere instead", async () => {
    const { images } = containerd.client;
    const name = "docker.io/library/b:1";
    await images.create({ name, target: targetOf("b"), labels: { old: "1" } });

    await expect(images.create({ name, target: targetOf("c") })).rejects.toMatchObject({
      code: "conflict",
      reason: "already-exists",
    });
    await images.replace({ name, target: targetOf("c"), labels: { new: "1" } });

    expect(await images.get(name)).toMatchObject({ target: targetOf("c"), labels: { new: "1" } });
    expect((await images.get(name)).labels).not.toHaveProperty("old");
  });

  it("changes labels one by one", async () => {
    const { images } = containerd.client;
    const name = "docker.io/library/d:1";
    await images.create({ name, target: targetOf("d"), labels: { stays: "1", goes: "1" } });

    await images.updateLabels(name, { goes: undefined, comes: "1" });

    expect((await images.get(name)).labels).toEqual({ stays: "1", comes: "1" });
  });

  it("lists by filters", async () => {
    const { images } = containerd.client;
    const target = targetOf("e");
    await images.create({ name: "docker.io/library/e:1", target });

    const found = await images.list([`target.digest==${target.digest}`]);

    expect(found.map(({ name }) => name)).toEqual(["docker.io/library/e:1"]);
    expect((await images.list()).length).toBeGreaterThan(0);
  });

  it("waits for the collector when a name is deleted with sync", async () => {
    const { images, content, leases } = containerd.client;
    const data = Buffer.from("kept by a name");
    const target = { ...targetOf(data.toString()), size: data.length };
    await leases.create({ id: "images-sync" });
    await using writer = await content.openWriter({ ref: "kept", digest: target.digest }, { lease: "images-sync" });
    await writer?.write(data);
    await writer?.commit();
    await images.create({ name: "docker.io/library/f:1", target });
    await leases.delete("images-sync", { sync: true });
    expect(await content.find(target.digest)).toBeDefined();

    await images.delete("docker.io/library/f:1", { sync: true });

    expect(await content.find(target.digest)).toBeUndefined();
    await expect(images.get("docker.io/library/f:1")).rejects.toMatchObject({ code: "not-found" });
  });
});
