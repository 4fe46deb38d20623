import { mkdir, readFile, rm, rmdir, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { shortName } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

/** No driver has this name, so that nobody's specifications are in the way. */
const vendor = `tdock-test-${shortName()}.example`;

systemSuite("devices by a CDI specification", (suite) => {
  const written: string[] = [];
  const specify = async (folder: string, name: string, text: string) => {
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${vendor}-${name}`);
    await writeFile(path, text);
    written.push(path);
  };
  afterEach(async () => {
    for (const path of written.splice(0)) {
      await rm(path, { force: true });
      await rmdir(dirname(path)).catch(() => {});
    }
  });
  const print = async (flags: readonly string[], script: string) => {
    const { stdout, stderr, exitCode } = await suite.tdock([
      "run",
      "--rm",
      ...flags,
      suite.busybox,
      "sh",
      "-c",
      script,
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stdout.trimEnd().split("\n");
  };

  it("bring nodes, mounts, variables, groups and hooks, what all devices share once", async () => {
    const { root } = suite.tdockd.layout;
    await writeFile(join(root, "driver-library"), "of the driver\n");
    const edits = {
      env: ["WHICH=first"],
      deviceNodes: [{ path: "/dev/first", hostPath: "/dev/null", permissions: "rw", fileMode: 0o660, gid: 77 }],
      mounts: [{ hostPath: join(root, "driver-library"), containerPath: "/lib/driver", options: ["ro", "nosuid"] }],
      hooks: [{ hookName: "createRuntime", path: "/bin/sh", args: ["sh", "-c", `cat > ${root}/hooked`] }],
      additionalGids: [77],
    };
    const specification = {
      cdiVersion: "0.7.0",
      kind: `${vendor}/thing`,
      containerEdits: { env: ["SHARED=yes"] },
      devices: [
        { name: "one", containerEdits: edits },
        { name: "two", containerEdits: { deviceNodes: [{ path: "/dev/second", hostPath: "/dev/zero" }] } },
      ],
    };
    await specify("/etc/cdi", "thing.json", JSON.stringify(specification));

    const lines = await print(
      ["--device", `${vendor}/thing=one`, "--device", `${vendor}/thing=two`],
      `echo $WHICH $SHARED; stat -c '%a %g %t:%T' /dev/first; head -c 3 /dev/second | wc -c
       cat /lib/driver; echo x 2>/dev/null > /lib/driver || echo read-only; id -G | grep -ow 77`,
    );

    expect(lines).toEqual(["first yes", "660 77 1:3", "3", "of the driver", "read-only", "77"]);
    expect(JSON.parse(await readFile(join(root, "hooked"), "utf8"))).toMatchObject({ ociVersion: expect.any(String) });
  });

  it("are GPUs for --gpus: all, some, by name", async () => {
    const node = (name: string) => `
  - name: "${name}"
    containerEdits:
      env: [ "GPU_${name}=yes" ]`;
    await specify(
      "/var/run/cdi",
      "gpu.yaml",
      `cdiVersion: 0.6.0\nkind: ${vendor}/gpu\ndevices:${["0", "1", "all"].map(node).join("")}\n`,
    );
    const driver = `driver=${vendor}`;
    const script = "env | grep ^GPU_ | sort";

    expect(await print(["--gpus", `${driver},count=all`], script)).toEqual(["GPU_all=yes"]);
    expect(await print(["--gpus", `${driver},count=2`], script)).toEqual(["GPU_0=yes", "GPU_1=yes"]);
    expect(await print(["--gpus", `${driver},"device=1"`], script)).toEqual(["GPU_1=yes"]);
    const { exitCode, stderr } = await suite.tdock([
      ...["run", "--rm", "--gpus", `${driver},count=3`, suite.busybox, "true"],
    ]);
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining(`unresolvable CDI devices ${vendor}/gpu=2`)]);
  });

  it("of /var/run/cdi go before those of /etc/cdi", async () => {
    const text = (value: string) =>
      JSON.stringify({
        cdiVersion: "0.6.0",
        kind: `${vendor}/thing`,
        devices: [{ name: "one", containerEdits: { env: [`FROM=${value}`] } }],
      });
    await specify("/etc/cdi", "etc.json", text("etc"));
    await specify("/var/run/cdi", "run.json", text("run"));

    expect(await print(["--device", `${vendor}/thing=one`], "echo $FROM")).toEqual(["run"]);
  });

  it.each([
    ["no specification", ["--device", `${vendor}/thing=none`], "unresolvable CDI devices"],
    ["no GPU", ["--gpus", `driver=${vendor},count=1`], "could not select device driver"],
  ])("are refused where there is %s", async (_, flags, message) => {
    const { exitCode, stderr } = await suite.tdock(["create", ...flags, suite.busybox, "true"]);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(await suite.mustTdock(["ps", "-aq"])).toBe("");
  });

  it.each([
    ["broken.json", "{", "broken.json"],
    ["shape.json", '{"cdiVersion":"0.6.0","kind":"x"}', "shape.json"],
    [
      "later.json",
      `{"cdiVersion":"9.0.0","kind":"${vendor}/x","devices":[{"name":"a","containerEdits":{"intelRdt":{}}}]}`,
      "intelRdt",
    ],
  ])("are refused by name when the file is of no use: %s", async (name, text, message) => {
    await specify("/etc/cdi", name, text);

    const { exitCode, stderr } = await suite.tdock(["create", "--device", `${vendor}/x=a`, suite.busybox]);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    await expect(stat(join("/etc/cdi", `${vendor}-${name}`))).resolves.toBeDefined();
  });
});

systemSuite("devices of the host", (suite) => {
  const print = async (...flags: string[]) => suite.mustTdock(["run", "--rm", ...flags]);

  it("may be named by a link, as those of /dev/disk/by-id", async () => {
    const link = join(suite.tdockd.layout.root, "by-id");
    await symlink("/dev/zero", link);

    expect(await print("--device", `${link}:/dev/mine`, suite.busybox, "stat", "-c", "%t:%T", "/dev/mine")).toBe("1:5");
  });

  it("have another name too in a privileged container, when that is asked for", async () => {
    const stat = ["stat", "-c", "%t:%T", "/dev/mine", "/dev/null"];

    expect(await print("--privileged", "--device=/dev/zero:/dev/mine", suite.busybox, ...stat)).toBe("1:5\n1:3");
  });
});
