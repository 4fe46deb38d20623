import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { directory, file } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

/** An image with files at a place that is a volume, and one whose volume hides a link to the host. */
async function dataImage() {
  const data = [
    { ...directory("data", 0o751), uid: 7, gid: 8 },
    { ...file("data/hello", "hello\n", 0o640), uid: 9, gid: 10 },
  ];
  const entries = [...(await busyboxEntries()), ...data];
  return imageOf({ layers: [await layerOf(entries)], config: { ...busyboxConfig, Volumes: { "/data": {} } } });
}

systemSuite(
  "volumes",
  (suite) => {
    const { mustTdock } = suite;
    const run = (...args: string[]) => suite.tdock(["run", "--rm", ...args]);
    const output = async (...args: string[]) => (await mustTdock(["run", "--rm", ...args])).trim();
    const sh = (script: string) => [suite.busybox, "sh", "-c", script];
    const folder = async (name: string) => {
      const path = join(suite.tdockd.layout.root, name);
      await mkdir(path, { recursive: true });
      return path;
    };

    it("keeps data beyond containers", async () => {
      await output("-v", "data:/d", ...sh("echo kept > /d/file"));

      expect(await output("-v", "data:/d:ro", ...sh("cat /d/file"))).toBe("kept");
      expect((await run("-v", "data:/d:ro", ...sh("echo no > /d/file"))).exitCode).not.toBe(0);
    });

    it("makes volumes with the driver that is named, and knows one", async () => {
      expect(await output("--volume-driver=local", "-v", "driven:/d", ...sh("echo kept > /d/file; cat /d/file"))).toBe(
        "kept",
      );

      const { exitCode, stderr } = await run("--volume-driver=other", "-v", "undriven:/d", ...sh("true"));

      expect([exitCode, stderr]).toEqual([125, expect.stringContaining('plugin "other" not found')]);
      expect(await mustTdock(["volume", "ls", "-q"])).not.toContain("undriven");
    });

    it("fills a new volume with the image's files, owners and modes, once", async () => {
      const image = suite.image("data");

      expect(await output("-v", "up:/data", image, "stat", "-c", "%n %a %u:%g", "/data", "/data/hello")).toBe(
        "/data 751 7:8\n/data/hello 640 9:10",
      );
      await output("-v", "up:/data", image, "sh", "-c", "mv /data/hello /data/mine; echo changed > /data/mine");
      expect(await output("-v", "up:/data", image, "sh", "-c", "ls /data; cat /data/mine")).toBe("mine\nchanged");
      expect(await output("-v", "none:/data:nocopy", image, "ls", "/data")).toBe("");
    });

    it("removes anonymous volumes with --rm, and keeps them otherwise", async () => {
      const count = async () => (await mustTdock(["volume", "ls", "-q"])).split("\n").filter(Boolean).length;
      const before = await count();

      await output("-v", "/anonymous", suite.image("data"), "true");
      expect(await count()).toBe(before);

      await mustTdock(["run", "--name=keeps", suite.image("data"), "true"]);
      await mustTdock(["rm", "keeps"]);
      expect(await count()).toBe(before + 1);
      await mustTdock(["volume", "prune", "-f"]);
      expect(await count()).toBe(before);
    });

    it("refuses to remove a volume in use, running or not", async () => {
      await mustTdock(["create", "--name=user", "-v", "used:/d", ...sh("true")]);

      const { exitCode, stderr } = await suite.tdock(["volume", "rm", "used"]);

      expect([exitCode, stderr]).toEqual([1, expect.stringContaining("volume is in use")]);
      await mustTdock(["rm", "user"]);
      await mustTdock(["volume", "rm", "used"]);
    });

    it("mounts a path inside a volume, and never one outside of it", async () => {
      await output(
        "-v",
        "sub:/d",
        ...sh("mkdir -p /d/a/b; echo inside > /d/a/b/file; ln -s / /d/root; ln -s ../../.. /d/up"),
      );
      const mount = (subpath: string) => ["--mount", `type=volume,source=sub,target=/s,volume-subpath=${subpath}`];

      expect(await output(...mount("a/b"), ...sh("cat /s/file"))).toBe("inside");
      expect(await output(...mount("root/a"), ...sh("ls /s"))).toBe("b");
      expect(await output(...mount("up"), ...sh("ls /s | sort | head -1"))).toBe("a");
      expect((await run(...mount("../.."), ...sh("true"))).exitCode).toBe(125);
      expect((await run(...mount("missing"), ...sh("true"))).exitCode).toBe(125);
    });

    it("mounts an image's files, read-only", async () => {
      const mount = ["--mount", `type=image,source=${suite.image("data")},target=/i`];

      expect(await output(...mount, ...sh("cat /i/data/hello"))).toBe("hello");
      expect((await run(...mount, ...sh("echo > /i/new"))).exitCode).not.toBe(0);
    });

    it("mounts memory with a limit", async () => {
      const mounts = await output("--tmpfs", "/t:size=1m,mode=1770", ...sh("grep ' /t ' /proc/mounts; stat -c %a /t"));

      expect(mounts).toContain("size=1024k");
      expect(mounts).toContain("1770");
    });

    it("takes the volumes of another container", async () => {
      await mustTdock(["create", "--name=owner", "-v", "lent:/lent", ...sh("true")]);
      await output("--volumes-from", "owner", ...sh("echo lent > /lent/file"));

      expect(await output("--volumes-from", "owner:ro", ...sh("cat /lent/file"))).toBe("lent");
      await mustTdock(["rm", "owner"]);
    });

    it("mounts what the local driver's options say while a container runs, and nothing before and after", async () => {
      const source = await folder("bound");
      await writeFile(join(source, "file"), "bound\n");
      await mustTdock(["volume", "create", "-o", "type=none", "-o", "o=bind", "-o", `device=${source}`, "bound"]);

      expect(await output("-v", "bound:/d", ...sh("cat /d/file"))).toBe("bound");
      await mustTdock(["volume", "rm", "bound"]);
      expect(await readFile(join(source, "file"), "utf8")).toBe("bound\n");
    });

    it("fills an empty folder that the local driver's options lead to, and no other", async () => {
      const source = await folder("to-be-filled");
      await mustTdock(["volume", "create", "-o", "type=none", "-o", "o=bind", "-o", `device=${source}`, "filled"]);

      const show = [suite.image("data"), "sh", "-c", "cat /data/*; stat -c %a /data /data/hello"];
      expect(await output("-v", "filled:/data", ...show)).toBe("hello\n751\n640");
      await writeFile(join(source, "hello"), "mine\n");

      expect(await output("-v", "filled:/data", ...show)).toContain("mine");
      await mustTdock(["volume", "rm", "filled"]);
      expect(await readFile(join(source, "hello"), "utf8")).toBe("mine\n");
    });

    it("makes a missing source of -v a folder, and refuses one of --mount", async () => {
      const missing = join(suite.tdockd.layout.root, "not-yet");

      await output("-v", `${missing}:/d`, ...sh("echo > /d/made"));
      const { stderr } = await run("--mount", `type=bind,source=${missing}-2,target=/d`, ...sh("true"));

      expect(await mustRun("ls", [missing])).toContain("made");
      expect(stderr).toContain(`bind source path does not exist: ${missing}-2`);
    });

    it("copies a volume, and brings it out and in as an archive", async () => {
      await output("-v", "origin:/d", ...sh("echo one > /d/file; chown 5:6 /d/file; ln -s /etc/passwd /d/link"));
      await mustTdock(["volume", "clone", "origin", "copy"]);
      const archive = join(suite.tdockd.layout.root, "origin.tar");
      await mustTdock(["volume", "export", "-o", archive, "origin"]);
      await mustTdock(["volume", "create", "restored"]);
      await mustTdock(["volume", "import", "restored", archive]);

      for (const name of ["copy", "restored"]) {
        const script = "cat /d/file; stat -c %u:%g /d/file; readlink /d/link";
        expect(await output("-v", `${name}:/d`, ...sh(script))).toBe("one\n5:6\n/etc/passwd");
      }
    });

    it("goes out and comes in by a pipe", async () => {
      await output("-v", "piped:/d", ...sh("echo one > /d/file; chown 5:6 /d/file"));
      await mustTdock(["volume", "create", "unpiped"]);
      const archive = await mustTdock(["volume", "export", "piped"]);

      await mustTdock(["volume", "import", "unpiped", "-"], { stdin: archive });

      expect(await output("-v", "unpiped:/d", ...sh("cat /d/file; stat -c %u:%g /d/file"))).toBe("one\n5:6");
    });

    it("is in use or not as before after kill -9 of tdockd", async () => {
      await mustTdock(["create", "--name=waits", "-v", "counted:/d", ...sh("true")]);
      await mustTdock(["run", "-d", "--name=works", "-v", "counted:/d", ...sh("echo kept > /d/file; sleep 600")]);
      const users = async () => {
        const { body } = await suite.api("GET", '/volumes?size=1&filters={"name":["counted"]}');
        return body.Volumes[0].UsageData.RefCount;
      };

      await suite.tdockd.stop("SIGKILL");
      await suite.tdockd.start();

      for (const [name, left] of [
        ["works", 1],
        ["waits", 0],
      ] as const) {
        expect(await users()).toBe(left + 1);
        expect((await suite.tdock(["volume", "rm", "counted"])).stderr).toContain("volume is in use");
        expect(await mustTdock(["volume", "prune", "-af"])).not.toContain("counted");
        await mustTdock(["rm", "-f", name]);
        expect(await users()).toBe(left);
      }
      expect(await output("-v", "counted:/d", ...sh("cat /d/file"))).toBe("kept");
      await mustTdock(["volume", "rm", "counted"]);
    });

    it("shows the owner of a folder of the host as root, and stores what root makes as the owner's", async () => {
      const path = await folder("mapped");
      await writeFile(join(path, "mine"), "mine\n", { mode: 0o600 });
      await mustRun("chown", ["-R", "1234:2345", path]);
      const own = ["-v", `${path}:/m:idmap`, "-v", "below:/m/below", "-v", `${path}/mine:/f:ro,idmap`];
      const other = ["-v", `${path}:/m:idmap=uids=1234-7-1;gids=2345-8-1`];

      const seen = await output(...own, ...sh("cd /m; stat -c %u:%g . mine /f; cat mine; echo > made; echo > below/x"));

      expect(seen).toBe("0:0\n0:0\n0:0\nmine");
      expect(await mustRun("stat", ["-c", "%u:%g", join(path, "made")])).toBe("1234:2345\n");
      expect(await output("-v", "below:/d", ...sh("stat -c %u:%g /d/x"))).toBe("0:0");
      expect(await output(...other, ...sh("stat -c %u:%g /m/mine"))).toBe("7:8");
    });

    it("goes from the disk with its container or after it, though something was mounted below it", async () => {
      await output("-v", "outer:/o", "-v", "inner:/o/in", "-v", "inner:/data/in", suite.image("data"), "true");
      await mustTdock(["volume", "rm", "outer", "inner"]);

      expect(await mustRun("ls", ["-A", join(suite.tdockd.layout.dataRoot, "volumes")])).not.toContain(".removing");
    });

    it("makes one volume when many clients ask for the same at once", async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => suite.api("POST", "/volumes/create", { Name: "raced" })),
      );

      expect(new Set(answers.map(({ body }) => body.CreatedAt)).size).toBe(1);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    });

    it("tells sizes and users", async () => {
      await output("-v", "sized:/d", ...sh("head -c 1000000 /dev/zero > /d/file"));

      const { body } = await suite.api("GET", '/volumes?size=1&filters={"name":["sized"]}');

      expect(body.Volumes[0].UsageData.Size).toBeGreaterThan(1_000_000);
      expect(body.Volumes[0].UsageData.RefCount).toBe(0);
      expect(await mustTdock(["volume", "ls", "--size", "--filter=name=sized"])).toMatch(
        /SIZE\nlocal +sized +1(\.\d+)?MB/,
      );
    });
  },
  { images: async () => ({ data: await dataImage() }) },
);
