import { mkdir, open, readFile, rm, statfs, truncate } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { dockerArchive } from "../harness/images/docker-archive.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { file } from "../harness/images/tar-layer.ts";
import { newLayout } from "../harness/instance/layout.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const megabyte = 1 << 20;
const layout = newLayout();

// The data root is a small file system of its own, there before tdockd starts.
beforeAll(async () => {
  await mkdir(layout.dataRoot, { recursive: true });
  await mustRun("mount", ["-t", "tmpfs", "-o", "size=48m", "tdock-test", layout.dataRoot]);
});

/** Two layers of 32 MB each that do not get smaller: the first fits, both do not. */
async function largeImage() {
  const layers = [await layerOf(await busyboxEntries())];
  for (const name of ["one", "two"]) layers.push(await layerOf([file(name, noise(32 * megabyte))], "none"));
  return imageOf({ layers, config: busyboxConfig });
}

function noise(bytes: number): Buffer {
  return Buffer.alloc(bytes, "not much of a noise, but nobody compresses it");
}

systemSuite(
  "tdockd at its limits",
  (suite) => {
    const freeBytes = async () => {
      const { bavail, bsize } = await statfs(layout.dataRoot);
      return bavail * bsize;
    };
    const filler = join(layout.dataRoot, "filler");
    const fillDisk = async () => {
      await using handle = await open(filler, "w");
      const write = async (bytes: number) => {
        while (
          await handle.write(Buffer.alloc(bytes)).then(
            ({ bytesWritten }) => bytesWritten === bytes,
            () => false,
          )
        );
      };
      await write(megabyte);
      await write(1);
    };

    it("says that the disk is full when an image does not fit, and keeps nothing of it", async () => {
      const before = await freeBytes();

      const { exitCode, stderr } = await suite.tdock(["pull", suite.image("large")]);

      expect(exitCode).toBe(1);
      expect(stderr).toContain("no space left on device");
      expect(await suite.mustTdock(["images", "-q", suite.image("large")])).toBe("");
      await suite.api("POST", "/images/prune");
      await eventually(async () => expect(await freeBytes()).toBeGreaterThan(before - megabyte));
      expect(await suite.mustTdock(["run", "--rm", suite.busybox, "echo", "on"])).toBe("on");
    });

    it("says so of an archive that is loaded, and keeps nothing of it either", async () => {
      const { layers, rest } = await dockerArchive({ "too-large:1": await largeImage() });
      const before = await freeBytes();

      const { exitCode, stderr } = await suite.tdock(["load"], { stdin: Buffer.concat([layers, rest]) });

      expect(exitCode).toBe(1);
      expect(stderr).toContain("no space left on device");
      expect(await suite.mustTdock(["images", "-q", "too-large"])).toBe("");
      await suite.api("POST", "/images/prune");
      await eventually(async () => expect(await freeBytes()).toBeGreaterThan(before - megabyte));
    });

    it.each([
      ["context", "COPY large /\n", "no space left on device"],
      ["step", "RUN cat /dev/zero > /large || ! rm /large\n", "No space left on device"],
    ])("says so of a %s of a build, keeps nothing of it, and builds on", async (_, line, problem) => {
      const folder = await buildContext(suite, { Dockerfile: `FROM BASE\n${line}`, large: "" });
      if (line.startsWith("COPY")) await truncate(join(folder, "large"), 60 * megabyte);
      const before = await freeBytes();

      const { exitCode, stderr } = await suite.tdock(["build", "--progress=plain", folder]);

      expect(exitCode).toBe(1);
      expect(stderr).toContain(problem);
      const stdin = `FROM ${suite.busybox}\nRUN echo fits\n`;
      expect((await suite.tdock(["build", "--progress=plain", "-"], { stdin })).stderr).toContain("fits");
      await suite.mustTdock(["builder", "prune", "-af"]);
      await suite.api("POST", "/images/prune");
      await eventually(async () => expect(await freeBytes()).toBeGreaterThan(before - megabyte));
    });

    it("lists, logs, stops and removes with no byte free, and works on when there is room again", async () => {
      await suite.mustTdock(["run", "-d", "--name=full", suite.busybox, "sh", "-c", "echo before; exec sleep 600"]);
      await suite.mustTdock(["tag", suite.busybox, "spare:1"]);
      await fillDisk();

      expect(await suite.mustTdock(["ps", "-q", "--filter", "name=full"])).not.toBe("");
      expect(await suite.mustTdock(["logs", "full"])).toBe("before");
      const refused = await suite.tdock(["run", "--rm", suite.busybox, "true"]);
      await suite.mustTdock(["stop", "-t", "0", "full"]);
      await suite.mustTdock(["rm", "full"]);
      await suite.mustTdock(["rmi", "spare:1"]);
      await suite.mustTdock(["container", "prune", "-f"]);
      await rm(filler);

      expect([0, 125]).toContain(refused.exitCode);
      expect(refused.stderr).not.toMatch(/^\s+at /m);
      expect(await suite.mustTdock(["run", "--rm", suite.busybox, "echo", "on"])).toBe("on");
    });

    it("tells the end of a container though it cannot be written down", async () => {
      const id = await suite.mustTdock(["run", "-d", "--name=unwritten", suite.busybox, "sleep", "600"]);
      const waiting = suite.mustTdock(["wait", "unwritten"]);
      await rm(join(layout.dataRoot, "containers", id), { recursive: true });

      await suite.mustTdock(["kill", "unwritten"]);

      expect(await waiting).toBe("137");
      expect(await suite.mustTdock(["inspect", "-f", "{{.State.Status}}", "unwritten"])).toBe("exited");
      await suite.mustTdock(["rm", "unwritten"]);
    });

    it("does not grow with the containers that have come and gone", async () => {
      const run = async () => {
        const HostConfig = { AutoRemove: true, NetworkMode: "none" };
        const { Id } = (
          await suite.api("POST", "/containers/create", { Image: suite.busybox, Cmd: ["true"], HostConfig })
        ).body;
        const gone = suite.api("POST", `/containers/${Id}/wait?condition=removed`);
        await suite.api("POST", `/containers/${Id}/start`);
        await gone;
      };
      const runs = async (count: number) => {
        for (let index = 0; index < count; index += 4) await Promise.all([run(), run(), run(), run()]);
      };
      await runs(12);
      // A heap grows in steps, for a while; what leaks grows every time.
      const growths: number[] = [];
      while (growths.length < 4 && !growths.some((bytes) => bytes < 5 * megabyte)) {
        const before = await residentBytes(suite.tdockd.pid);
        await runs(40);
        growths.push((await residentBytes(suite.tdockd.pid)) - before);
      }

      expect(Math.min(...growths)).toBeLessThan(5 * megabyte);
    });
  },
  { layout, images: async () => ({ large: await largeImage() }) },
);

/** What a process holds of memory that is its own, not of files. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
