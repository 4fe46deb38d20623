import { expect, it } from "vitest";
import { hasBlobFile } from "../harness/images/blob-file.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock rmi", (suite) => {
  /** Pulls an image that no other test has. */
  async function pullOwn(name: string): Promise<OciImage> {
    const { layers } = await busyboxImage();
    const image = imageOf({ layers: [...layers, await layerOf([file("name", name)])] });
    await pushImage(suite.registry, `${name}:1`, image);
    await suite.mustTdock(["pull", "-q", suite.image(`${name}:1`)]);
    return image;
  }
  const isHere = async (name: string) => (await suite.api("GET", `/images/${name}/json`)).status === 200;

  it("takes one name of several, and with the last one the image and its bytes", async () => {
    const image = await pullOwn("several");
    const own = image.layers.at(-1)?.digest ?? "";
    await suite.mustTdock(["tag", suite.image("several:1"), "other:1"]);

    const first = await suite.mustTdock(["rmi", suite.image("several:1")]);
    const wasHere = await hasBlobFile(suite.tdockd, own);
    const last = await suite.mustTdock(["rmi", "other:1"]);

    expect(first).toBe(`Untagged: ${suite.image("several:1")}`);
    expect(wasHere).toBe(true);
    expect(last.split("\n")).toEqual([
      "Untagged: other:1",
      `Untagged: other@${image.manifest.digest}`,
      `Deleted: ${image.config.digest}`,
    ]);
    expect(await hasBlobFile(suite.tdockd, own)).toBe(false);
  });

  it("takes with a tag the digest that its image was pulled by, which outlives a tag that has moved", async () => {
    const image = await pullOwn("fixed");
    const digest = suite.image(`fixed@${image.manifest.digest}`);
    await suite.mustTdock(["pull", "-q", digest]);
    await suite.mustTdock(["tag", suite.busybox, suite.image("fixed:1")]);
    const outlives = await isHere(digest);
    await suite.mustTdock(["rmi", suite.image("fixed:1")]);
    await suite.mustTdock(["pull", "-q", suite.image("fixed:1")]);

    const removed = await suite.mustTdock(["rmi", suite.image("fixed:1")]);

    expect(outlives).toBe(true);
    expect(removed.split("\n")).toEqual([
      `Untagged: ${suite.image("fixed:1")}`,
      `Untagged: ${digest}`,
      `Deleted: ${image.config.digest}`,
    ]);
  });

  it("gets by beside a prune", async () => {
    const tags = Array.from({ length: 20 }, (_, index) => `many${index}:1`);
    for (const tag of tags) await suite.mustTdock(["tag", suite.busybox, tag]);

    const [pruned] = await Promise.all([
      suite.tdock(["image", "prune", "-af"]),
      ...tags.map((tag) => suite.tdock(["rmi", tag])),
    ]);

    expect(pruned).toMatchObject({ exitCode: 0, stderr: "" });
    await suite.mustTdock(["pull", "-q", suite.busybox]);
  });

  it("by ID wants force for an image of several repositories", async () => {
    const { config } = await pullOwn("forced");
    await suite.mustTdock(["tag", suite.image("forced:1"), "other:2"]);
    const short = config.digest.slice(7, 19);

    const refused = await suite.tdock(["rmi", short]);
    const forced = await suite.mustTdock(["rmi", "-f", short]);

    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`unable to delete ${short} (must be forced) - image is referenced in multiple`),
    });
    expect(forced).toContain(`Deleted: ${config.digest}`);
    expect([await isHere("other:2"), await isHere(short)]).toEqual([false, false]);
  });

  it("wants force for what a stopped container uses, which then still starts", async () => {
    const { config } = await pullOwn("stopped");
    const name = suite.image("stopped:1");
    const id = await suite.mustTdock(["create", name, "cat", "/name"]);

    const byName = await suite.tdock(["rmi", name]);
    const byId = await suite.tdock(["rmi", config.digest]);
    const forced = await suite.mustTdock(["rmi", "-f", name]);

    expect(byName).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`container ${id.slice(0, 12)} is using`),
    });
    expect(byId).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is being used by stopped container") });
    expect(forced).toBe(`Untagged: ${name}`);
    expect(await suite.mustTdock(["start", "-a", id])).toBe("stopped");
    await suite.mustTdock(["rm", id]);
    expect(await suite.mustTdock(["rmi", config.digest])).toContain(`Deleted: ${config.digest}`);
  });

  it("does not take by ID what a running container uses, also with force", async () => {
    const { config } = await pullOwn("running");
    const id = await suite.mustTdock(["run", "-d", suite.image("running:1"), "sleep", "100"]);

    const forced = await suite.tdock(["rmi", "-f", config.digest]);

    expect(forced).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        `(cannot be forced) - image is being used by running container ${id.slice(0, 12)}`,
      ),
    });
    expect(await isHere(suite.image("running:1"))).toBe(true);
    await suite.mustTdock(["rm", "-f", id]);
  });

  it("removes what it can of several, and says what is missing", async () => {
    await pullOwn("one");
    await pullOwn("two");
    const all = [suite.image("one:1"), "absent:1", suite.image("two:1")];

    const some = await suite.tdock(["rmi", ...all]);
    const none = await suite.tdock(["rmi", "-f", "absent:1"]);

    expect(some).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("No such image: absent:1") });
    expect([await isHere(all[0] ?? ""), await isHere(all[2] ?? "")]).toEqual([false, false]);
    expect(none).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("No such image: absent:1") });
  });

  it("takes --no-prune, and leaves what the image was built on", async () => {
    await pullOwn("parent");
    const id = await suite.mustTdock(["create", suite.image("parent:1"), "true"]);
    await suite.mustTdock(["commit", id, "child:1"]);
    await suite.mustTdock(["rm", id]);

    const removed = await suite.mustTdock(["rmi", "--no-prune", "child:1"]);

    expect(removed).toMatch(/^Untagged: child:1\n(Untagged: .*\n)?Deleted: sha256:[0-9a-f]{64}$/);
    expect(await suite.mustTdock(["run", "--rm", suite.image("parent:1"), "cat", "/name"])).toBe("parent");
  });

  it("does not guess between images whose IDs begin alike", async () => {
    const ids: string[] = [];
    for (let tries = 0; !hasTwin(ids); tries += 1) ids.push((await pullOwn(`alike-${tries}`)).config.digest.slice(7));
    const [prefix = ""] = ids.map((id) => id.slice(0, 1)).filter((one, at, all) => all.indexOf(one) !== at);

    expect(await suite.tdock(["rmi", `sha256:${prefix}`])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("multiple IDs found with provided prefix"),
    });
  });
});

function hasTwin(ids: readonly string[]): boolean {
  return new Set(ids.map((id) => id[0])).size < ids.length;
}
