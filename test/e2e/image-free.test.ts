import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { file } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

const megabyte = 1024 * 1024;

/** Takes about twice the size here: packed and unpacked. */
async function imageOfSize(sizeBytes: number): Promise<OciImage> {
  const layers = [
    await layerOf(await busyboxEntries()),
    await layerOf([file("bulk", randomBytes(sizeBytes).toString("latin1"))]),
  ];
  return imageOf({ layers, config: busyboxConfig });
}

systemSuite(
  "tdock free",
  (suite) => {
    const tags = async () => (await suite.mustTdock(["images", "--format", "{{.Repository}}:{{.Tag}}"])).split("\n");
    const has = async (name: string) => (await tags()).includes(suite.image(`${name}:latest`));
    const pull = (name: string) => suite.mustTdock(["pull", "-q", suite.image(name)]);
    const usedBytes = async () =>
      Number((await mustRun("du", ["-sB1", join(suite.tdockd.layout.dataRoot, "containerd/root")])).split("\t")[0]);

    const allBytes = async () =>
      (await usedBytes()) +
      Number((await mustRun("du", ["-sB1", join(suite.tdockd.layout.dataRoot, "build")])).split("\t")[0]);

    it("shows what it would remove, and then removes just that", async () => {
      for (const name of ["old", "new"]) await pull(name);
      const before = await usedBytes();

      const planned = await suite.mustTdock(["free", "--dry-run", "6MB"]);
      const untouched = await has("old");
      const done = await suite.mustTdock(["free", "6MB"]);

      expect(planned).toMatch(/^REMOVED +ID +LAST USED +FREES +NAME\nimage .* 11\.\d*MB .*old:latest\n\nWould free 11/);
      expect(untouched).toBe(true);
      expect(done).toMatch(/^REMOVED .*\nimage .* 11\.\d*MB .*old:latest\n\nFreed 11/);
      expect([await has("old"), await has("new")]).toEqual([false, true]);
      expect(before - (await usedBytes())).toBeGreaterThan(6 * megabyte);
    });

    it("tells how much it freed, as du sees it", async () => {
      for (const name of ["old", "new"]) await pull(name);
      const before = await usedBytes();

      const { body } = await suite.api("POST", `/system/free?bytes=${8 * megabyte}`);

      const gone = before - (await usedBytes());
      expect(body.Removed).toHaveLength(1);
      expect(Math.abs(gone - body.FreedBytes) / gone).toBeLessThan(0.02);
    });

    it("removes the longest unused first, whatever came first, also when tdockd was restarted", async () => {
      await suite.tdock(["rmi", suite.image("new")]);
      for (const name of ["old", "new"]) await pull(name);
      await suite.mustTdock(["run", "--rm", suite.image("old"), "true"]);
      await suite.tdockd.stop();
      await suite.tdockd.start();

      await suite.mustTdock(["free", "1MB"]);

      expect([await has("old"), await has("new")]).toEqual([true, false]);
    });

    it("never removes what is in use, pinned, or was used in the time to keep, nor a volume", async () => {
      for (const name of ["new", "lone"]) await pull(name);
      await suite.mustTdock(["create", "--name", "user", "-v", "kept:/data", suite.image("old")]);
      await suite.mustTdock(["pin", suite.image("new")]);

      const recent = await suite.tdock(["free", "--keep-used-in", "7d", "1TB"]);
      const all = await suite.tdock(["free", "1TB"]);

      expect(recent).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/1 in use, 1 pinned, 2 used in/) });
      expect(all).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/left are 1 in use, 1 pinned; volumes/) });
      expect(all.stdout).toContain(suite.image("lone:latest"));
      expect([await has("old"), await has("new")]).toEqual([true, true]);
      expect(await suite.mustTdock(["volume", "ls", "-q"])).toBe("kept");
      await suite.mustTdock(["rm", "user"]);
      await suite.mustTdock(["unpin", suite.image("new")]);
    });

    it("removes build cache before images, and of it only what no image keeps", async () => {
      await using folder = await scratchFolder("free");
      const build = (size: number, tag: readonly string[]) =>
        writeFile(
          join(folder.path, "Dockerfile"),
          `FROM ${suite.busybox}\nRUN head -c ${size} /dev/urandom > /made\n`,
        ).then(() => suite.mustTdock(["build", "-q", ...tag, folder.path]));
      await build(3_000_000, ["-t", "tagged:1"]);
      const untagged = await build(4_000_000, []);
      await suite.mustTdock(["rmi", untagged.trim()]);
      const before = await usedBytes();

      const said = await suite.mustTdock(["free", "3MB"]);

      expect(said).toMatch(/\nbuild cache .*4\d*\.?\d*MB .*4000000.*\n\nFreed 4/);
      expect(said).not.toContain("\nimage");
      await eventually(async () => expect(before - (await usedBytes())).toBeGreaterThan(3 * megabyte));
      expect(await tags()).toContain("tagged:1");
    });

    it("removes cache mounts, and says what they were", async () => {
      const stdin = `FROM ${suite.busybox}\nRUN --mount=type=cache,target=/cache head -c 5000000 /dev/urandom > /cache/x\n`;
      await suite.mustTdock(["build", "-q", "-"], { stdin });

      const said = await suite.mustTdock(["free", "4MB"]);

      expect(said).toMatch(/\nbuild cache .*5\.?\d*MB .*cache mount .*\n/);
    });

    it("removes images without a tag before those with one", async () => {
      await suite.mustTdock(["tag", suite.image("old"), "moving:1"]);
      await suite.mustTdock(["rmi", suite.image("old")]);
      await suite.mustTdock(["tag", suite.busybox, "moving:1"]);

      const said = await suite.mustTdock(["free", "1MB"]);

      expect(said).toContain("dangling image");
      expect(await has("new")).toBe(true);
    });

    it("tells an image from the same one compressed another way, as prune does", async () => {
      await pull("new");
      await suite.mustTdock(["image", "convert", "-q", suite.image("new"), "packed:1"]);
      await suite.mustTdock(["pin", "packed:1"]);
      const removed = async (query: string) =>
        (await suite.api("POST", `/system/free?bytes=${2 ** 40}${query}`)).body.Removed.map(
          ({ Name }: { Name: string }) => Name,
        );

      const planned = await removed("&dryrun=true");
      const done = await removed("");
      await pull("new");
      const before = await usedBytes();
      const { body } = await suite.api("POST", '/images/prune?filters={"dangling":["false"]}');

      const gone = before - (await usedBytes());
      expect(planned).toContain(suite.image("new:latest"));
      expect(done).toEqual(planned);
      expect(Math.abs(gone - body.SpaceReclaimed) / gone).toBeLessThan(0.02);
      await suite.mustTdock(["rmi", "-f", "packed:1"]);
    });

    it.each(["0", "-1", "much", ""])("refuses %j as a size", async (size) => {
      expect(await suite.tdock(["free", "--", size])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("invalid size"),
      });
    });

    it.each([
      ["tdock free", "/system/free?bytes=1000000000000"],
      ["tdock builder prune", "/build/prune?all=true"],
    ])("counts a file that contexts and layers share with the last of them that goes: %s", async (_, path) => {
      await using folder = await scratchFolder("shared");
      await writeFile(join(folder.path, "noise"), randomBytes(6 * megabyte));
      await writeFile(join(folder.path, "other"), randomBytes(2 * megabyte));
      await suite.mustTdock(["create", "--name", "user", suite.busybox]);
      await suite.tdock(["free", "1TB"]);
      const lines = [
        ...["one", "two"].flatMap((name) => [`FROM ${suite.busybox} AS ${name}`, `COPY noise other /${name}/`]),
        ...[`FROM ${suite.busybox}`, "COPY other /kept/"],
        "RUN --mount=from=one,target=/mnt --mount=from=two,target=/tmp true",
      ];
      await suite.mustTdock(["build", "-q", "-t", "kept:1", "-f", "-", folder.path], { stdin: lines.join("\n") });
      await suite.mustTdock(["pin", "kept:1"]);
      const before = await allBytes();

      const { body } = await suite.api("POST", path);

      const gone = before - (await allBytes());
      expect(gone).toBeGreaterThan(6 * megabyte);
      expect(Math.abs(gone - (body.FreedBytes ?? body.SpaceReclaimed)) / gone).toBeLessThan(0.02);
      await suite.mustTdock(["unpin", "kept:1"]);
      await suite.mustTdock(["rmi", "kept:1"]);
      await suite.mustTdock(["rm", "user"]);
      await suite.mustTdock(["builder", "prune", "-af"]);
    });
  },
  {
    images: async () => ({
      old: await imageOfSize(4 * megabyte),
      new: await imageOfSize(4 * megabyte),
      lone: imageOf({ layers: [await layerOf([file("lone", "nothing of it is another's")])] }),
    }),
  },
);
