import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { busyboxConfig, busyboxEntries, busyboxImage } from "../harness/images/busybox.ts";
import { imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

/** An image that says which it is. */
async function versionOf(version: string): Promise<OciImage> {
  const layers = [await layerOf(await busyboxEntries()), await layerOf([file("version", version)])];
  return imageOf({ layers, config: busyboxConfig });
}

systemSuite("tdock.lock", (suite) => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let images: Readonly<Record<"one" | "two", OciImage>>;
  const name = () => suite.image("app:1");
  const digest = (version: "one" | "two") => images[version].manifest.digest;
  const publish = (version: "one" | "two") => pushImage(suite.registry, "app:1", images[version]);
  const tdock = (...args: readonly string[]) => suite.tdock(args, { cwd: folder.path });
  const mustTdock = (...args: readonly string[]) => suite.mustTdock(args, { cwd: folder.path });
  const write = (path: string, text: string) => writeFile(join(folder.path, path), text);
  const lockTo = (version: "one" | "two") => write("tdock.lock", `${name()} ${digest(version)}\n`);
  const drift = () =>
    expect.stringContaining(`app:1 has moved: tdock.lock records ${digest("one")}, the registry has ${digest("two")}`);

  beforeAll(async () => {
    folder = await scratchFolder("lock");
    images = { one: await versionOf("one"), two: await versionOf("two") };
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  it("is written and brought up to date by tdock lock", async () => {
    await publish("one");

    const first = await mustTdock("lock", name(), suite.busybox);
    const text = await readFile(join(folder.path, "tdock.lock"), "utf8");
    await publish("two");
    const second = await mustTdock("lock");

    expect(first).toContain(`${name()} ${digest("one")} (new)`);
    const busybox = `${suite.busybox}:latest ${(await busyboxImage()).manifest.digest}`;
    expect(text.split("\n").slice(1)).toEqual([`${name()} ${digest("one")}`, busybox, ""]);
    expect(second.split("\n")).toEqual([`${name()} ${digest("two")} (was ${digest("one")})`, `${busybox} (unchanged)`]);
  });

  it("lets pull, run, create and build have only what it records", async () => {
    await publish("one");
    await lockTo("one");
    await write("Dockerfile", `FROM ${name()}\nRUN cat /version\n`);

    await mustTdock("pull", "-q", "--locked", name());
    const ran = await mustTdock("run", "--rm", "--locked", name(), "cat", "/version");
    const created = await mustTdock("create", "--locked", name());
    await mustTdock("build", "-q", "--locked", "-t", "built:1", ".");

    expect(ran).toBe("one");
    expect(await mustTdock("inspect", "-f", "{{.Config.Image}}", created)).toBe(`${name()}@${digest("one")}`);
    expect(await mustTdock("run", "--rm", "built:1", "cat", "/version")).toBe("one");
  });

  it("stops a pull when the tag has moved, and names both digests", async () => {
    await lockTo("one");
    await publish("two");

    const refused = await tdock("pull", "--locked", name());

    expect(refused).toMatchObject({ exitCode: 1, stderr: drift() });
    await mustTdock("lock", name());
    await mustTdock("pull", "-q", "--locked", name());
    expect(await mustTdock("run", "--rm", name(), "cat", "/version")).toBe("two");
  });

  it("takes what it records although the tag stands for something else here", async () => {
    await publish("two");
    await mustTdock("pull", "-q", name());
    await publish("one");
    await lockTo("one");

    expect(await mustTdock("run", "--rm", "--locked", name(), "cat", "/version")).toBe("one");
  });

  it("needs no registry for what is here, and stops a run when it is not and the tag has moved", async () => {
    await publish("one");
    await mustTdock("pull", "-q", name());
    await lockTo("one");
    await publish("two");

    expect(await mustTdock("run", "--rm", "--locked", name(), "cat", "/version")).toBe("one");
    await mustTdock("rmi", "-f", name());
    expect(await tdock("run", "--rm", "--locked", name(), "true")).toMatchObject({ exitCode: 125, stderr: drift() });
    expect(await tdock("run", "--rm", "--locked", "--pull", "always", name(), "true")).toMatchObject({
      exitCode: 125,
      stderr: drift(),
    });
  });

  it.each([
    ["FROM", (app: string, _: string) => `FROM ${app}\nRUN true\n`],
    ["COPY --from", (app: string, busybox: string) => `FROM ${busybox}\nCOPY --from=${app} /version /\n`],
    [
      "RUN --mount",
      (app: string, busybox: string) => `FROM ${busybox}\nRUN --mount=from=${app},target=/m cat /m/version\n`,
    ],
  ])("stops a build when the image of %s has moved or is not recorded", async (_, dockerfile) => {
    await tdock("rmi", "-f", name());
    await publish("two");
    const busybox = `${suite.busybox} ${(await busyboxImage()).manifest.digest}\n`;
    await write("Dockerfile", dockerfile(name(), suite.busybox));

    await write("tdock.lock", `${busybox}${name()} ${digest("one")}\n`);
    expect(await tdock("build", "--locked", ".")).toMatchObject({ exitCode: 1, stderr: drift() });
    await write("tdock.lock", busybox);
    expect(await tdock("build", "--locked", ".")).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`${name()} is not in tdock.lock`),
    });
    await write("tdock.lock", `${busybox}${name()} ${digest("two")}\n`);
    await mustTdock("build", "-q", "--locked", ".");
  });

  it("takes a digest in the place of a tag without a row", async () => {
    await write("tdock.lock", "");

    expect(
      await mustTdock(
        "run",
        "--rm",
        "--locked",
        `${suite.busybox}@${(await busyboxImage()).manifest.digest}`,
        "echo",
        "runs",
      ),
    ).toBe("runs");
  });

  it.each([["pull"], ["run"], ["create"]])("says what is missing or wrong in it: %s", async (command) => {
    await using empty = await scratchFolder("lock");
    const at = { cwd: empty.path };

    expect((await suite.tdock([command, "--locked", name()], at)).stderr).toContain("no tdock.lock: write it with");
    await writeFile(join(empty.path, "tdock.lock"), "# none\n");
    expect((await suite.tdock([command, "--locked", name()], at)).stderr).toContain(`${name()} is not in tdock.lock`);
    await writeFile(join(empty.path, "tdock.lock"), "# none\napp latest\n");
    expect((await suite.tdock([command, "--locked", name()], at)).stderr).toContain("tdock.lock:2: wanted NAME:TAG");
  });
});
