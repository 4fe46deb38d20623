import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { bombs, xzOfHugeDictionary, zstdOfHugeWindow } from "../harness/images/bombs.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { endings, mustCompress } from "../harness/images/compress.ts";
import { dockerArchive } from "../harness/images/docker-archive.ts";
import { blobOf, digestOf, imageOf, type Layer, layerOf } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { newLayout } from "../harness/instance/layout.ts";
import { mustRun } from "../harness/program.ts";
import { shortName } from "../harness/scratch.ts";
import { type Suite, systemSuite } from "../harness/suite.ts";

const mebibyte = 1 << 20;
const layout = newLayout();
const large = await bombs(3, 2048 * mebibyte);
const tar = await tarOf([file("note", "compressed")]);
const archives: Readonly<Record<string, Buffer>> = {
  "gzip of 6 GiB": large.gzip,
  "zstd of 6 GiB": large.zstd,
  "zstd with a window of 2 GiB": zstdOfHugeWindow(tar),
  "gzip in gzip": gzipSync(large.gzip),
  "gzip that is cut off": (await mustCompress("gz", tar)).subarray(0, -20),
  "zstd that is cut off": (await mustCompress("zst", tar)).subarray(0, -20),
};

// The data root is a small file system of its own, there before tdockd starts: a bomb is to find its end.
beforeAll(async () => {
  await mkdir(layout.dataRoot, { recursive: true });
  await mustRun("mount", ["-t", "tmpfs", "-o", "size=160m", "tdock-test", layout.dataRoot]);
});

/** Ways in for a compressed archive. Each resolves to what was said when it was refused, "" when it was taken. */
const doors: Readonly<Record<string, (suite: Suite, archive: Buffer) => Promise<string>>> = {
  async pull(suite, archive) {
    const name = `bomb-${shortName()}`;
    await pushImage(suite.registry, name, await imageWith(archive));
    return refusal(await suite.tdock(["pull", "-q", suite.image(name)]));
  },
  async load(suite, archive) {
    const { layers, rest } = await dockerArchive({ "bomb:1": await imageWith(archive) });
    return refusal(await suite.tdock(["load"], { stdin: Buffer.concat([layers, rest]) }));
  },
  import: async (suite, archive) => refusal(await suite.tdock(["import", "-", "bomb:1"], { stdin: archive })),
  async "build ADD"(suite, archive) {
    const folder = join(suite.tdockd.layout.root, `bomb-${shortName()}`);
    await mkdir(folder);
    await writeFile(join(folder, "bomb.tar"), archive);
    await writeFile(join(folder, "Dockerfile"), `FROM ${suite.busybox}\nADD bomb.tar /\n`);
    const said = refusal(await suite.tdock(["build", "-q", "-t", "bomb:1", folder]));
    if (said !== "") return said;
    // What does not begin like an archive is a file to ADD, with Docker too.
    const [size = ""] = (await suite.mustTdock(["run", "--rm", "bomb:1", "stat", "-c", "%s", "/bomb.tar"])).split("\n");
    await suite.mustTdock(["rmi", "bomb:1"]);
    return Number(size) === archive.length ? "a file like any other" : "";
  },
  async "cp in"(suite, archive) {
    const id = await suite.mustTdock(["create", suite.busybox, "true"]);
    const { status, body } = await suite.api("PUT", `/containers/${id}/archive?path=/`, archive);
    await suite.mustTdock(["rm", id]);
    return status === 200 ? "" : JSON.stringify(body);
  },
};

systemSuite(
  "a compressed archive",
  (suite) => {
    describe.each(Object.keys(doors))("that is a bomb, through %s", (door) => {
      it.each(Object.keys(archives))("is refused in little memory, and nothing of it stays: %s", async (name) => {
        const usedBefore = await usedBytes();
        await writeFile(`/proc/${suite.tdockd.pid}/clear_refs`, "5");
        const before = await memoryKb(suite, "VmRSS");

        const said = await doors[door]?.(suite, archives[name] as Buffer);

        expect(said).toMatch(name.includes("6 GiB") ? /no space left on device/ : /./);
        expect((await memoryKb(suite, "VmHWM")) - before).toBeLessThan(128 * 1024);
        expect((await suite.api("GET", "/_ping")).status).toBe(200);
        await suite.mustTdock(["builder", "prune", "-af"]);
        await suite.api("POST", "/images/prune");
        await eventually(async () => expect(await usedBytes()).toBeLessThan(usedBefore + 8 * mebibyte));
      });
    });

    it.each(["manifest.json", "index.json"])("that has a %s of 4 GiB is refused by load, unread", async (name) => {
      const { gzip } = await bombs(1, 4096 * mebibyte, name);
      const usedBefore = await usedBytes();
      await writeFile(`/proc/${suite.tdockd.pid}/clear_refs`, "5");
      const before = await memoryKb(suite, "VmRSS");

      const { exitCode, stderr } = await suite.tdock(["load"], { stdin: gzip });

      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(`${name} is over \\d+ bytes`),
      });
      expect((await memoryKb(suite, "VmHWM")) - before).toBeLessThan(128 * 1024);
      await eventually(async () => expect(await usedBytes()).toBeLessThan(usedBefore + 8 * mebibyte));
    });

    it("that wants a dictionary of 4 GiB is refused by import and by cp", async () => {
      const archive = await xzOfHugeDictionary(tar);

      for (const door of ["import", "cp in"])
        expect(await doors[door]?.(suite, archive)).toMatch(/[Mm]emory usage limit/);
    });

    it("is decompressed by no program of the image that ADD puts it into", async () => {
      const image = suite.image("decompressors");
      const folder = join(suite.tdockd.layout.root, "adding");
      await mkdir(folder);
      for (const ending of endings) await writeFile(join(folder, `${ending}.tar`), await mustCompress(ending, tar));
      const adds = endings.map((ending) => `ADD ${ending}.tar /${ending}/`);
      await writeFile(join(folder, "Dockerfile"), [`FROM ${image}`, ...adds].join("\n"));

      await suite.mustTdock(["build", "-q", "-t", "added:1", folder]);

      const look = ["sh", "-c", `cat ${endings.map((ending) => `/${ending}/note`).join(" ")}; ls /tdock-marker`];
      const { stdout, stderr } = await suite.tdock(["run", "--rm", "added:1", ...look]);
      expect(stdout).toBe("compressed".repeat(endings.length));
      expect(stderr).toContain("/tdock-marker");
      expect(await stat("/tdock-marker").catch(() => "absent")).toBe("absent");
    });
  },
  {
    layout,
    images: async () => {
      const programs = ["xz", "unpigz", "pigz", "gzip", "igzip", "zstd", "bzip2", "tar"];
      const marking = programs.map((name) => file(`usr/bin/${name}`, "#!/bin/sh\necho ran > /tdock-marker\n", 0o755));
      const layers = [await layerOf(await busyboxEntries()), await layerOf(marking)];
      return { decompressors: imageOf({ layers, config: busyboxConfig }) };
    },
  },
);

function refusal({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }): string {
  return exitCode === 0 ? "" : stdout + stderr;
}

/** An image whose layer the archive is. What its configuration says of the content never comes to be compared. */
async function imageWith(archive: Buffer) {
  const mediaType = `application/vnd.oci.image.layer.v1.tar+${archive[0] === 0x1f ? "gzip" : "zstd"}`;
  const layer: Layer = { ...blobOf(mediaType, archive), diffId: digestOf(archive) };
  return imageOf({ layers: [layer] });
}

async function usedBytes(): Promise<number> {
  const [, line = ""] = (await mustRun("df", ["-B1", "--output=used", layout.dataRoot])).split("\n");
  return Number(line);
}

async function memoryKb(suite: Suite, field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${suite.tdockd.pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
}
