import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestContainerd, type TestContainerd } from "../../../test/harness/containerd.ts";

const sha256 = (data: Uint8Array) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

describe("diff", () => {
  let containerd: TestContainerd;
  beforeAll(async () => {
    containerd = await startTestContainerd();
    await containerd.client.leases.create({ id: "tests" });
  });
  afterAll(() => containerd[Symbol.asyncDispose]());

  const lease = { lease: "tests" };

  it("unpacks a layer of the content store", async () => {
    const { content, snapshots, diff } = containerd.client;
    await mkdir(join(containerd.folder, "tree/sub"), { recursive: true });
    await writeFile(join(containerd.folder, "tree/sub/file"), "from the layer\n");
    const tar = execFileSync("tar", ["-cf", "-", "-C", join(containerd.folder, "tree"), "."]);
    await using writer = await content.openWriter({ ref: "layer", digest: sha256(tar) }, lease);
    await writer?.write(tar);
    await writer?.commit();
    const mounts = await snapshots.prepare({ key: "unpack" }, lease);

    const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: sha256(tar), size: tar.length };
    const applied = await diff.apply(layer, mounts);

    expect(await readFile(join(mounts[0]?.source ?? "", "sub/file"), "utf8")).toBe("from the layer\n");
    expect(applied).toMatchObject({ digest: sha256(tar), size: tar.length });
  });

  it("packs what changed over a parent", async () => {
    const { content, snapshots, diff } = containerd.client;
    await snapshots.prepare({ key: "lower-work" }, lease);
    await snapshots.commit({ key: "lower-work", name: "lower" }, lease);
    const upper = await snapshots.prepare({ key: "upper", parent: "lower" }, lease);
    const folder = upper[0]?.options.find((option) => option.startsWith("upperdir="))?.slice("upperdir=".length) ?? "";
    await writeFile(join(folder, "added"), "new\n");
    const lower = await snapshots.view({ key: "lower-view", parent: "lower" }, lease);

    const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip";
    const made = await diff.create({ lower, upper, mediaType, ref: "packed", labels: { packed: "yes" } }, lease);

    const blob = await content.readAll(made.digest, 1_000_000);
    expect(made).toMatchObject({ mediaType, size: blob.length });
    expect(gunzipSync(blob).toString("latin1")).toContain("added");
    const { labels } = await content.info(made.digest);
    expect(labels).toMatchObject({ packed: "yes", "containerd.io/uncompressed": sha256(gunzipSync(blob)) });
  });
});
