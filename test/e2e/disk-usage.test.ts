import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageSummary } from "@tdock/api/images";
import { expect, it } from "vitest";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { file } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { type Suite, systemSuite } from "../harness/suite.ts";

systemSuite(
  "tdock system df",
  (suite) => {
    it("names the owner of every byte: after pulls, builds, containers and volumes it agrees with du", async () => {
      const folder = join(suite.tdockd.layout.root, "context");
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "noise"), randomBytes(9e6));
      await writeFile(join(folder, "Dockerfile"), dockerfile(suite.image("layered")));
      await suite.mustTdock(["pull", "-q", suite.image("layered")]);
      await suite.mustTdock(["build", "-q", "-t", "built:1", folder]);
      await suite.mustTdock(["rmi", suite.image("layered")]);
      await suite.mustTdock(["run", "--name=writer", "-v", "vol:/vol", "built:1", "sh", "-c", writeFiles]);
      await suite.mustTdock(["build", "-q", "-t", "other:1", "--build-arg=N=2", folder]);
      await suite.mustTdock(["rmi", "other:1"]);
      await writeFile(join(folder, "more"), randomBytes(3e6));
      const all = `FROM ${suite.image("layered")}\nCOPY`;
      const copied = ["noise /noise2", "more /more", "noise /noise2", "noise /noise3", "noise /noise4"];
      for (const [index, what] of copied.entries()) {
        await writeFile(join(folder, "Dockerfile"), `${all} ${what}\n`);
        await suite.mustTdock(["build", "-q", "--no-cache", "-t", `all:${index}`, folder]);
      }
      await suite.mustTdock(["rmi", "all:3"]);
      await writeFile(join(folder, "Dockerfile"), `FROM ${suite.image("base")}\nCOPY more /\n`);
      await suite.mustTdock(["build", "-q", "-t", "based:1", folder]);
      await suite.mustTdock(["rmi", "based:1", suite.image("base")]);

      const verbose = await suite.mustTdock(["system", "df", "-v"]);
      const named = await namedBytes(suite);
      const { body } = await suite.api("GET", "/system/df?type=image");
      const found = await bytesOnDisk(suite);

      expect(verbose).toMatch(/COPY noise .* true$/m);
      const unshared = sum(body.Images, ({ Size, SharedSize }: ImageSummary) => Size - SharedSize);
      expect(unshared).toBeLessThan(body.LayersSize - baseBytes);
      expect(Math.abs(named - found) / found).toBeLessThan(0.01);
    });

    it("names logs, and layers of which a part has arrived, which prune and free remove", async () => {
      const said = "head -c 5000000 /dev/urandom | base64";
      await suite.mustTdock(["run", "-d", "--name=teller", suite.busybox, "sh", "-c", said]);
      await suite.mustTdock(["wait", "teller"]);
      const digest = "a".repeat(64);
      const arrive = () =>
        writeFile(join(suite.tdockd.layout.dataRoot, `images/downloads/sha256-${digest}`), randomBytes(3e6));
      await arrive();

      const { body } = await suite.api("GET", "/system/df");
      const verbose = await suite.mustTdock(["system", "df", "-v"]);
      const freed = await suite.mustTdock(["free", "2MB"]);
      await arrive();
      const pruned = await suite.mustTdock(["image", "prune", "-f"]);

      const { SizeLogs } = body.Containers.find(({ Names }: { Names: string[] }) => Names.includes("/teller"));
      expect(SizeLogs).toBeGreaterThan(6.5e6);
      expect(body.Downloads).toMatchObject([{ Digest: `sha256:${digest}`, InUse: false }]);
      expect(verbose).toMatch(/LAYER .*\naaaaaaaaaaaa +3\.\d+MB +false/);
      expect(freed).toMatch(/\ndownload +aaaaaaaaaaaa .* 3\.\d+MB/);
      expect(pruned).toMatch(/^Total reclaimed space: 3\.\d+MB$/);
      expect(await suite.mustTdock(["system", "df"])).not.toContain("Downloads");
      await suite.mustTdock(["rm", "teller"]);
    });

    it("hands sums and details to templates", async () => {
      await suite.mustTdock(["tag", suite.busybox, "shown:1"]);

      const sums = await suite.mustTdock(["system", "df", "--format", "{{.Type}}"]);
      const repositories = "{{range .Images}}{{.Repository}}:{{.Tag}} {{end}}";
      const details = await suite.mustTdock(["system", "df", "-v", "--format", repositories]);
      const json = JSON.parse(await suite.mustTdock(["system", "df", "-v", "--format", "json"]));

      expect(sums).toBe("Images\nContainers\nLocal Volumes\nBuild Cache");
      expect(details.split(" ")).toContain("shown:1");
      expect(Object.keys(json)).toEqual(["Images", "Containers", "Volumes", "BuildCache"]);
    });
  },
  {
    images: async () => {
      const noise = [1, 2].map((index) => layerOf([file(`noise${index}`, randomBytes(baseBytes / 2))]));
      const layers = [await layerOf(await busyboxEntries()), ...(await Promise.all(noise))];
      const base = imageOf({ layers: [await layerOf([file("noise", randomBytes(4e6))])], config: busyboxConfig });
      return { layered: imageOf({ layers, config: busyboxConfig }), base };
    },
  },
);

/** All images of the first test have these. */
const baseBytes = 24e6;

const writeFiles = "head -c 8000000 /dev/urandom > /own && head -c 7000000 /dev/urandom > /vol/file && sync";

function dockerfile(base: string): string {
  return [
    `FROM ${base} AS one`,
    "ARG N=1",
    "RUN --mount=type=cache,target=/cache head -c 6000000 /dev/urandom > /cache/$N",
    "RUN head -c 5000000 /dev/urandom > /made$N",
    `FROM ${base}`,
    "COPY noise /noise",
    "COPY --from=one /made* /",
  ].join("\n");
}

/** The sum of what `system df` names, what several share counted once. */
async function namedBytes(suite: Suite): Promise<number> {
  const { body } = await suite.api("GET", "/system/df");
  return (
    body.LayersSize +
    sum(body.Containers, ({ SizeRw }: { SizeRw?: number }) => SizeRw ?? 0) +
    sum(body.Volumes, ({ UsageData }: { UsageData: { Size: number } }) => UsageData.Size) +
    sum(body.BuildCache, ({ Shared, Size }: { Shared: boolean; Size: number }) => (Shared ? 0 : Size))
  );
}

function sum(list: readonly { readonly [key: string]: unknown }[], sizeOf: (one: never) => number): number {
  return list.reduce((total, one) => total + sizeOf(one as never), 0);
}

/** What images, containers, volumes and builds take, without the databases about them and the reserve for a full disk. */
async function bytesOnDisk({ tdockd: { layout } }: Suite): Promise<number> {
  const stores = ["io.containerd.content.v1.content", "io.containerd.snapshotter.v1.overlayfs"];
  const folders = [...stores.map((name) => `containerd/root/${name}`), "containers", "volumes", "build"];
  const paths = folders.map((name) => join(layout.dataRoot, name));
  const text = await mustRun("du", ["--summarize", "--total", "--block-size=1", ...paths]);
  return Number(/^(\d+)\ttotal$/m.exec(text)?.[1]);
}
