import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { busyboxConfig, busyboxImage } from "../harness/images/busybox.ts";
import { layeredFiles, layeredImage } from "../harness/images/layered-image.ts";
import { imageOf, indexOf, layerOf, type Platform } from "../harness/images/oci-image.ts";
import { pushIndex } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly mediaType: string; readonly digest: string; readonly size: number }[];
}

systemSuite(
  "tdock image convert",
  (suite) => {
    const raw = async (reference: string) =>
      JSON.parse(
        await mustRun("skopeo", ["inspect", "--tls-verify=false", "--raw", `docker://${reference}`]),
      ) as Manifest;
    const kinds = ({ layers }: Manifest) => layers.map(({ mediaType }) => mediaType.replace(/^.*\.v1\./, ""));
    const convert = (...args: readonly string[]) => suite.mustTdock(["image", "convert", "-q", ...args]);
    const fields = (name: string) => suite.mustTdock(["inspect", "-f", "{{.Id}} {{json .RootFS}}", name]);

    it.each(["zstd", "gzip"])(
      "makes a twin with %s that runs, and that others pull and unpack",
      async (compression) => {
        const source = suite.image("layered:latest");
        const target = suite.image(`converted:${compression}`);
        await suite.mustTdock(["pull", "-q", source]);

        const said = await suite.mustTdock(["image", "convert", "--compression", compression, source, target]);
        await suite.mustTdock(["push", "-q", target]);

        expect(said).toContain(`Converted to ${target}`);
        const manifest = await raw(target);
        expect(new Set(kinds(manifest))).toEqual(new Set([`tar+${compression}`]));
        expect(manifest.config.digest).toBe((await raw(source)).config.digest);
        expect(await fields(target)).toBe(await fields(source));
        const folder = join(suite.tdockd.layout.root, compression);
        await mustRun("skopeo", ["copy", "--src-tls-verify=false", `docker://${target}`, `dir:${folder}`]);
        expect(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))).toEqual(manifest);
        await suite.mustTdock(["rmi", "-f", target, source]);
        const [path = "", text = ""] = Object.entries(layeredFiles)[0] ?? [];
        expect(await suite.mustTdock(["run", "--rm", target, "cat", path])).toBe(text.trimEnd());
      },
    );

    it("compresses harder when asked to", async () => {
      await convert("--level", "1", suite.busybox, "hard:1");
      await convert("--level", "19", suite.busybox, "hard:19");

      const sizes = ["hard:1", "hard:19"].map((name) => suite.mustTdock(["save", name]).then(({ length }) => length));
      const [fast = 0, hard = 0] = await Promise.all(sizes);

      expect(hard).toBeLessThan(fast);
    });

    it("takes layers that are so already as they are", async () => {
      await convert("--compression", "gzip", suite.busybox, suite.image("same:1"));
      await suite.mustTdock(["push", "-q", suite.image("same:1")]);

      expect((await raw(suite.image("same:1"))).layers).toEqual((await raw(suite.busybox)).layers);
    });

    it("converts what was built here and has no archive yet", async () => {
      const dockerfile = `FROM ${suite.busybox}\nRUN echo made > /made\n`;
      await suite.mustTdock(["build", "-q", "-t", "built:1", "-"], { stdin: dockerfile });

      await convert("built:1", suite.image("built:zstd"));
      await suite.mustTdock(["push", "-q", suite.image("built:zstd")]);

      expect(kinds(await raw(suite.image("built:zstd")))).toEqual(["tar+zstd", "tar+zstd"]);
      await suite.mustTdock(["rmi", "-f", suite.image("built:zstd"), "built:1"]);
      await suite.mustTdock(["builder", "prune", "-af"]);
      expect(await suite.mustTdock(["run", "--rm", suite.image("built:zstd"), "cat", "/made"])).toBe("made");
    });

    it("converts the image of the platform that is asked for", async () => {
      const other = { os: "linux", architecture: "s390x" };
      const base = await busyboxImage();
      const images = [
        imageOf({ layers: [...base.layers, await layerOf([file("f", "own")])], config: busyboxConfig }),
        imageOf({ layers: [await layerOf([file("f", "other")])], platform: other }),
      ] as const;
      const index = suite.image("multi:1");
      await pushIndex(suite.registry, "multi:1", indexOf(images), images);
      for (const platform of [formatOf(images[0].platform), "linux/s390x"]) {
        await suite.mustTdock(["pull", "-q", "--platform", platform, index]);
      }

      await convert("--platform", "linux/s390x", index, suite.image("other:zstd"));
      await convert("--platform", formatOf(images[0].platform), index, suite.image("own:zstd"));
      const absent = await suite.tdock(["image", "convert", "--platform", "linux/riscv64", index, "absent:zstd"]);

      for (const [name, image] of [
        ["own", images[0]],
        ["other", images[1]],
      ] as const) {
        await suite.mustTdock(["push", "-q", suite.image(`${name}:zstd`)]);
        const manifest = await raw(suite.image(`${name}:zstd`));
        expect(manifest.config.digest).toBe(image.config.digest);
        expect(new Set(kinds(manifest))).toEqual(new Set(["tar+zstd"]));
      }
      expect(await suite.mustTdock(["run", "--rm", suite.image("own:zstd"), "cat", "/f"])).toBe("own");
      expect(absent).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("linux/riscv64") });
    });

    it.each([
      ["an unknown compression", ["--compression", "lz4", "busybox", "x:1"], "wanted zstd or gzip, got lz4"],
      ["a level out of range", ["--compression", "gzip", "--level", "10", "busybox", "x:1"], "wanted 1 to 9 for gzip"],
      ["a digest as its target", ["busybox", `x@sha256:${"0".repeat(64)}`], "refusing to create a tag with a digest"],
      ["an image that is not here", ["never-seen", "x:1"], "No such image: never-seen"],
    ])("refuses %s", async (_, args, message) => {
      expect(await suite.tdock(["image", "convert", ...args])).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(message),
      });
    });
  },
  { images: async () => ({ layered: await layeredImage() }) },
);

function formatOf({ os, architecture }: Platform): string {
  return `${os}/${architecture}`;
}
