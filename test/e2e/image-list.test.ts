import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { busyboxImage } from "../harness/images/busybox.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

/** Two images of January 2024, one made now, and one without a name, which was `old` before. */
systemSuite("tdock images, history and tag", (suite) => {
  let nameless: OciImage;
  let old: OciImage;
  const names = async (...flags: readonly string[]) => {
    const lines = await suite.mustTdock(["images", ...flags, "--format", "{{.Repository}}:{{.Tag}}"]);
    return lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.replace(`${suite.registry.host}/`, ""))
      .toSorted();
  };

  beforeAll(async () => {
    const layers = [...(await busyboxImage()).layers, await layerOf([file("kind", "old")])];
    nameless = imageOf({ layers, config: { Labels: { kind: "nameless" } } });
    old = imageOf({ layers, config: { Labels: { kind: "old", shared: "" } } });
    for (const image of [nameless, old]) {
      await pushImage(suite.registry, "old:1", image);
      await suite.mustTdock(["pull", "-q", suite.image("old:1")]);
    }
    const root = join(suite.tdockd.layout.root, "root.tar");
    const id = await suite.mustTdock(["create", suite.busybox]);
    await suite.mustTdock(["export", "-o", root, id]);
    await suite.mustTdock(["rm", id]);
    await suite.mustTdock(["import", "-c", "LABEL kind=new", "-c", "LABEL shared=", root, "new:1"]);
    await suite.mustTdock(["tag", "new:1", "team/new:2"]);
  });

  it.each([
    [["dangling=true"], ["<none>:<none>"]],
    [["dangling=false"], ["busybox:latest", "new:1", "old:1", "team/new:2"]],
    [["label=kind=old"], ["old:1"]],
    [["label=shared"], ["new:1", "old:1", "team/new:2"]],
    [
      ["label=shared", "label=kind=new"],
      ["new:1", "team/new:2"],
    ],
    [["label!=kind"], ["busybox:latest"]],
    [["before=new:1"], ["<none>:<none>", "busybox:latest", "old:1"]],
    [["since=OLD"], ["new:1", "team/new:2"]],
    [["until=2025-01-01"], ["<none>:<none>", "busybox:latest", "old:1"]],
    [["until=2023-01-01"], []],
    [["reference=new"], ["new:1"]],
    [["reference=*/new:*"], ["team/new:2"]],
    [
      ["reference=new:*", "reference=team/*"],
      ["new:1", "team/new:2"],
    ],
    [["reference=new", "label=kind=old"], []],
  ])("lists by the filters %j", async (filters, found) => {
    const flags = filters.flatMap((filter) => ["--filter", filter.replace("OLD", suite.image("old:1"))]);

    expect(await names(...flags)).toEqual(found);
  });

  it.each([
    ["colour=red", "colour"],
    ["dangling=maybe", "invalid filter 'dangling=[maybe]'"],
    ["before=nothing:1", "No such image: nothing:1"],
    ["until=whenever", "whenever"],
  ])("says what is wrong with the filter %s", async (filter, message) => {
    const { exitCode, stderr } = await suite.tdock(["images", "--filter", filter]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(message) });
  });

  it("lists what its operand names", async () => {
    expect([await names("new"), await names("new:1"), await names("team/*"), await names("new:2")]).toEqual([
      ["new:1"],
      ["new:1"],
      ["team/new:2"],
      [],
    ]);
  });

  it("shows the columns that Docker shows, digests when asked to, and IDs alone", async () => {
    const lines = (await suite.mustTdock(["images", "--digests", suite.image("old")])).split("\n");
    const ids = await suite.mustTdock(["images", "-q", suite.image("old")]);
    const whole = await suite.mustTdock(["images", "-q", "--no-trunc", suite.image("old")]);

    expect(lines[0]).toMatch(/^REPOSITORY +TAG +DIGEST +IMAGE ID +CREATED +SIZE$/);
    expect(lines[1]).toMatch(
      new RegExp(
        `^${suite.image("old")} +1 +${old.manifest.digest} +${old.config.digest.slice(7, 19)} +.* ago +[\\d.]+MB$`,
      ),
    );
    expect([ids, whole]).toEqual([old.config.digest.slice(7, 19), old.config.digest]);
  });

  it("tells what made each layer, newest first", async () => {
    const format = "{{.ID}} {{.CreatedBy}} {{.Size}}";
    const lines = (await suite.mustTdock(["history", "--format", format, "--human=false", suite.image("old:1")])).split(
      "\n",
    );
    const table = (await suite.mustTdock(["history", suite.image("old:1")])).split("\n");

    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^${old.config.digest.slice(7, 19)} layer 2 \\d+$`)),
      expect.stringMatching(/^<missing> layer 1 \d{6,}$/),
    ]);
    expect(table[0]).toMatch(/^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$/);
    expect(await suite.mustTdock(["history", "-q", "--no-trunc", suite.image("old:1")])).toContain(old.config.digest);
  });

  it.each([
    ["an image that is not there", ["absent:1", "other:1"], "No such image: absent:1"],
    ["a name that is none", ["new:1", "UPPER"], "must be lowercase"],
    ["a digest as a name", ["new:1", `other@sha256:${"0".repeat(64)}`], "digest"],
  ])("refuses to tag %s", async (_, args, message) => {
    const { exitCode, stderr } = await suite.tdock(["tag", ...args]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(message) });
  });

  it("moves a tag to another image, and keeps the one that had it", async () => {
    await suite.mustTdock(["tag", suite.image("old:1"), "moving:1"]);
    await suite.mustTdock(["tag", nameless.config.digest, "named:1"]);

    await suite.mustTdock(["tag", "new:1", "moving:1"]);

    const id = (name: string) => suite.mustTdock(["inspect", "-f", "{{.Id}}", name]);
    expect(await id("moving:1")).toBe(await id("new:1"));
    expect([await id("named:1"), await id(suite.image("old:1"))]).toEqual([nameless.config.digest, old.config.digest]);
    expect(await names("--filter", "dangling=true")).toEqual([]);
  });
});
