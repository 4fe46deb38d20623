import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { busyboxImage } from "../harness/images/busybox.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("flags of commands on images", (suite) => {
  const at = (name: string) => join(suite.tdockd.layout.root, name);
  const names = async () =>
    (await suite.mustTdock(["images", "--format", "{{.Repository}}:{{.Tag}}"])).split("\n").toSorted();

  /** Pulls an image that shares busybox's layer. */
  async function pullOwn(name: string, config: object = {}) {
    const { layers } = await busyboxImage();
    const image = imageOf({ layers: [...layers, await layerOf([file("name", name)])], config });
    await pushImage(suite.registry, name, image);
    await suite.mustTdock(["pull", "-q", suite.image(name)]);
    return image;
  }

  it("save puts several images into one archive, what they share once; load takes all of them, and from a pipe", async () => {
    const images = [await pullOwn("one:1"), await pullOwn("two:1")];
    const both = [suite.image("one:1"), suite.image("two:1")];

    await suite.mustTdock(["save", "-o", at("both.tar"), ...both]);
    const members = (await mustRun("tar", ["-tf", at("both.tar")])).split("\n");
    await suite.mustTdock(["rmi", ...both]);
    const loaded = await suite.mustTdock(["load", "-q"], { stdin: await readFile(at("both.tar")) });

    expect(members).toEqual([...new Set(members)]);
    for (const { layers } of images) {
      for (const { digest } of layers) expect(members).toContain(`blobs/sha256/${digest.slice(7)}`);
    }
    expect(loaded.split("\n").toSorted()).toEqual(both.map((name) => `Loaded image: ${name}`));
    expect(await suite.mustTdock(["run", "--rm", both[1] ?? "", "cat", "/name"])).toBe("two:1");
    await suite.mustTdock(["rmi", ...both]);
  });

  it("import takes a message and a platform", async () => {
    const id = await suite.mustTdock(["create", suite.busybox]);
    await suite.mustTdock(["export", "-o", at("root.tar"), id]);
    await suite.mustTdock(["rm", id]);

    await suite.mustTdock(["import", "-m", "by hand", "--platform=linux/arm/v6", at("root.tar"), "flagged:1"]);

    const format = "{{.Os}}/{{.Architecture}}/{{.Variant}} {{.Comment}}";
    expect(await suite.mustTdock(["inspect", "-f", format, "flagged:1"])).toBe("linux/arm/v6 by hand");
    expect(await suite.mustTdock(["history", "--format", "{{.Comment}}", "flagged:1"])).toBe("by hand");
    await suite.mustTdock(["rmi", "flagged:1"]);
  });

  it("push, image copy and image convert say only what they made with -q", async () => {
    await suite.mustTdock(["tag", suite.busybox, suite.image("quiet:1")]);

    const pushed = await suite.mustTdock(["push", "-q", suite.image("quiet:1")]);
    const copied = await suite.mustTdock(["image", "copy", "-q", suite.image("quiet:1"), suite.image("quiet:2")]);

    const converted = await suite.mustTdock(["image", "convert", "-q", suite.image("quiet:1"), suite.image("quiet:3")]);

    expect([pushed, copied, converted]).toEqual([1, 2, 3].map((tag) => suite.image(`quiet:${tag}`)));
    await suite.mustTdock(["pull", "-q", suite.image("quiet:2")]);
    await suite.mustTdock(["rmi", ...[1, 2, 3].map((tag) => suite.image(`quiet:${tag}`))]);
  });

  it("image prune takes what has no tag, with -a what nothing uses, and only what its filters name", async () => {
    const before = await names();
    await pullOwn("labelled:1", { Labels: { keep: "yes" } });
    await pullOwn("plain:1");
    const { config } = await pullOwn("moved:1");
    await suite.mustTdock(["tag", suite.busybox, suite.image("moved:1")]);
    const prune = (...flags: readonly string[]) => suite.mustTdock(["image", "prune", "-f", ...flags]);

    const tooNew = await prune("--filter", "until=2020-01-01");
    const dangling = await prune();
    const kept = await prune("-a", "--filter", "label!=keep");
    const afterwards = await names();
    await suite.mustTdock(["pull", "-q", suite.busybox]);
    const rest = await prune("-a", "--filter", "label=keep=yes");

    expect(tooNew).toBe("Total reclaimed space: 0B");
    expect(dangling).toMatch(
      new RegExp(`^Deleted Images:\n(untagged: .*\n)*deleted: ${config.digest}\n\nTotal reclaimed`),
    );
    expect(kept).toContain(`untagged: ${suite.image("plain:1")}`);
    expect(afterwards).toEqual([suite.image("labelled:1")]);
    expect(rest).toContain(`untagged: ${suite.image("labelled:1")}`);
    expect(await names()).toEqual(before);
  });

  it("image prune asks first, and takes a no", async () => {
    await pullOwn("spared:1");

    const { stdout } = await suite.tdock(["image", "prune", "-a"], { stdin: "n\n" });

    expect(stdout).toContain("WARNING! This will remove all images without at least one container associated to them.");
    expect(await names()).toContain(suite.image("spared:1"));
  });
});
