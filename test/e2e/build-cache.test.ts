import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock build --cache-from --cache-to", (suite) => {
  const dockerfile = `FROM BASE AS make
RUN cat /proc/sys/kernel/random/uuid > /made
FROM BASE
COPY f /
RUN --mount=type=cache,target=/c,id=kept cat /proc/sys/kernel/random/uuid > /now && cat /now >> /c/f && rm /bin/wc
COPY --from=make /made /
`;
  const newContext = () => buildContext(suite, { Dockerfile: dockerfile, f: "f" });
  const build = (folder: string, ...flags: string[]) => suite.tdock(["build", "--progress=plain", ...flags, folder]);
  /** Another engine has nothing of this one: neither steps nor images. */
  const forget = async () => {
    await suite.tdock(["rmi", "-f", "first", "again"]);
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
  };
  const contents = (image: string) => suite.mustTdock(["run", "--rm", image, "cat", "/made", "/now"]);
  const cachedSteps = (stderr: string) => stderr.match(/CACHED/g)?.length ?? 0;

  beforeEach(forget);
  afterAll(forget);

  it.each(["registry", "local"])(
    "takes every step, and cache mounts, from a cache of type=%s,mode=max",
    async (type) => {
      const folder = await newContext();
      const place = type === "registry" ? suite.image("cache:max") : join(folder, "../cache-max");
      const [to, from] = type === "registry" ? [`ref=${place}`, `ref=${place}`] : [`dest=${place}`, `src=${place}`];
      const first = await build(folder, "-t", "first", `--cache-to=type=${type},mode=max,${to}`);
      expect(first.stderr).toContain("export cache to");
      const made = await contents("first");
      await forget();

      const again = await build(folder, "-t", "again", `--cache-from=type=${type},${from}`);
      const changed = await buildContext(suite, {
        Dockerfile: "FROM BASE\nRUN --mount=type=cache,target=/c,id=kept cat /c/f > /kept\n",
      });
      await suite.mustTdock(["builder", "prune", "-f", "--filter=type=exec.cachemount"]);
      await suite.mustTdock(["build", "-q", "-t", "mounted", `--cache-from=type=${type},${from}`, changed]);

      expect(again.exitCode).toBe(0);
      expect(cachedSteps(again.stderr)).toBe(4);
      expect(await contents("again")).toBe(made);
      expect(await suite.mustTdock(["run", "--rm", "mounted", "cat", "/kept"])).toBe(made.split("\n")[1]);
      await suite.mustTdock(["rmi", "mounted"]);
    },
  );

  it("takes the target's steps alone from a cache of mode=min, and from an image that has it inside", async () => {
    const folder = await newContext();
    const name = suite.image("cached-inside");
    await build(folder, "-t", name, "--push", "--cache-to=type=inline", `--cache-to=${suite.image("cache:min")}`);
    const made = await contents(name);
    await suite.mustTdock(["rmi", name]);
    await forget();

    const fromMin = await build(folder, "-t", "again", `--cache-from=${suite.image("cache:min")}`);
    await forget();
    await build(folder, "-t", "again", `--cache-from=${name}`);

    expect(cachedSteps(fromMin.stderr)).toBe(2);
    expect((await contents("again")).split("\n")[1]).toBe(made.split("\n")[1]);
  });

  it("says that a cache is missing or damaged, and builds", async () => {
    const folder = await newContext();
    const place = join(folder, "../cache-damaged");
    await build(folder, "-t", "first", `--cache-to=type=local,mode=max,dest=${place}`);
    await forget();
    for (const blob of await readdir(join(place, "blobs/sha256"))) {
      const path = join(place, "blobs/sha256", blob);
      const bytes = await readFile(path);
      if (bytes[0] === 0x1f) await writeFile(path, bytes.fill(0, 20, 24)); // a layer: the same size, other bytes
    }

    const fromNothing = await build(folder, `--cache-from=${suite.image("no-such-cache")}`);
    await forget();
    const fromDamaged = await build(folder, "-t", "again", `--cache-from=type=local,src=${place}`);

    expect([fromNothing.exitCode, fromDamaged.exitCode]).toEqual([0, 0]);
    expect(fromNothing.stderr).toContain("WARNING: the cache is not used");
    expect(fromDamaged.stderr).toMatch(/WARNING: the cached result is not used: sha256:\w+ is damaged/);
    expect(await contents("again")).toMatch(/^[-0-9a-f]+\n[-0-9a-f]+$/);
  });

  it("writes a cache that its folder's owner owns, and no build argument or secret is in it", async () => {
    const folder = await buildContext(suite, {
      Dockerfile: "FROM BASE\nARG TOKEN\nRUN --mount=type=secret,id=s cat /run/secrets/s > /dev/null\n",
    });
    const place = join(folder, "cache");
    const env = { MARK: "S3CR3T-marker" };

    const flags = [
      "--secret=id=s,env=MARK",
      "--build-arg=TOKEN=S3CR3T-argument",
      `--cache-to=type=local,dest=${place}`,
    ];
    await suite.tdock(["build", ...flags, folder], { env });

    const blobs = await readdir(join(place, "blobs/sha256"));
    const texts = await Promise.all(blobs.map((blob) => readFile(join(place, "blobs/sha256", blob), "latin1")));
    expect(texts.join("")).not.toContain("S3CR3T");
    expect((await stat(join(place, "index.json"))).uid).toBe((await stat(folder)).uid);
  });
});
