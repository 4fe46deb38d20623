import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectContainerd } from "@tdock/containerd/connect";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { hasBlobFile } from "../harness/images/blob-file.ts";
import { digestOf } from "../harness/images/oci-image.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("what a server that was killed left of images", (suite) => {
  const socket = () => join(suite.tdockd.layout.execRoot, "containerd/containerd.sock");
  const ctr = (...args: readonly string[]) => mustRun("ctr", ["-a", socket(), "-n", "tdock", ...args]);

  it("is gone after the next start: layers, downloads, leases and what they held", async () => {
    const images = join(suite.tdockd.layout.dataRoot, "images");
    const orphan = Buffer.from("a blob that no image has");
    const stale = join(images, "downloads", `sha256-${"0".repeat(64)}`);
    for (const folder of ["staging/layer", "downloads/load-one"]) {
      await mkdir(join(images, folder), { recursive: true });
      await writeFile(join(images, folder, "part"), "part");
    }
    await writeFile(stale, "part");
    await utimes(stale, new Date(0), new Date(0));
    await leaveBehind(socket(), orphan);
    expect(await hasBlobFile(suite.tdockd, digestOf(orphan))).toBe(true);

    await suite.tdockd.stop("SIGKILL");
    await suite.tdockd.start();

    expect([await readdir(join(images, "staging")), await readdir(join(images, "downloads"))]).toEqual([[], []]);
    await eventually(async () => {
      expect(await ctr("leases", "ls", "-q")).toBe("");
      expect(await ctr("snapshots", "ls")).not.toContain("left-over");
      expect(await hasBlobFile(suite.tdockd, digestOf(orphan))).toBe(false);
    });
    expect(await suite.mustTdock(["run", "--rm", suite.busybox, "echo", "runs"])).toBe("runs");
  });
});

systemSuite("what is left of an image when a container is removed", (suite) => {
  it("is collected though containerd had been collecting at the removal itself, when it was still held", async () => {
    const orphan = Buffer.from("a blob that is held for another second");
    await suite.mustTdock(["create", "--name=last", suite.busybox]);
    await leaveHeld(join(suite.tdockd.layout.execRoot, "containerd/containerd.sock"), orphan);

    await suite.mustTdock(["rm", "last"]);

    await eventually(async () => expect(await hasBlobFile(suite.tdockd, digestOf(orphan))).toBe(false));
  });
});

/** A blob under a lease that runs out: containerd looks for such ones only when something else is removed. */
async function leaveHeld(address: string, blob: Buffer): Promise<void> {
  await using client = connectContainerd({ address, namespace: "tdock" });
  const expiresAt = new Date(Date.now() + 1000);
  const { id: lease } = await client.leases.create({ id: "held", expiresAt });
  await using writer = await client.content.openWriter({ ref: "held", size: blob.length }, { lease });
  await writer?.write(blob);
  await writer?.commit();
}

/** A blob and a snapshot under the lease of something that was arriving. */
async function leaveBehind(address: string, blob: Buffer): Promise<void> {
  await using client = connectContainerd({ address, namespace: "tdock" });
  const { id: lease } = await client.leases.create({ id: "tdock-arriving-left" });
  await using writer = await client.content.openWriter({ ref: "left", size: blob.length }, { lease });
  await writer?.write(blob);
  await writer?.commit();
  await client.snapshots.prepare({ key: "left-over", parent: "" }, { lease });
}
