import { chmod, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("what decides whether a step is cached", (suite) => {
  const build = async (folder: string, ...flags: string[]) => {
    const { exitCode, stderr } = await suite.tdock(["build", "--progress=plain", "-t", "keyed", ...flags, folder]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return stderr;
  };
  /** What is said of each step: CACHED, why it is not, or nothing of what is new. */
  const steps = (stderr: string) => {
    const titles = [...stderr.matchAll(/^#(\d+) \[(?!internal)[^\]]*\] (.*)$/gm)];
    return Object.fromEntries(
      titles.map(([, number, title = ""]) => {
        const said = new RegExp(`^#${number} (?:not cached: )?(.*)$`, "gm");
        return [title, [...stderr.matchAll(said)].map(([, text]) => text).find((text) => !text?.startsWith("[")) ?? ""];
      }),
    );
  };
  const dockerfile = async (folder: string, text: string) =>
    writeFile(join(folder, "Dockerfile"), text.replaceAll("BASE", suite.busybox));
  const run = (...command: string[]) => suite.mustTdock(["run", "--rm", "keyed", ...command]);
  const diffIds = async (): Promise<string[]> =>
    JSON.parse(await suite.mustTdock(["image", "inspect", "-f", "{{json .RootFS.Layers}}", "keyed"]));

  afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

  it("is names, modes and bytes of what is copied, and never a time", async () => {
    const folder = await buildContext(suite, {
      Dockerfile: "FROM BASE\nCOPY src /src\n",
      "src/a": "aaaa",
      "src/b": "b",
    });
    const file = join(folder, "src/a");
    await utimes(file, 1.5e9, 1.5e9);
    await build(folder);
    const reasonAfter = async (change: () => Promise<unknown>) => {
      await change();
      return steps(await build(folder))["COPY src /src"];
    };

    expect(await reasonAfter(() => utimes(file, 1.6e9, 1.6e9))).toBe("CACHED");
    expect(await reasonAfter(() => chmod(file, 0o711))).toBe("src/a mode 644 -> 711");
    expect(
      await reasonAfter(async () => {
        await writeFile(file, "bbbb");
        await utimes(file, 1.6e9, 1.6e9);
      }),
    ).toBe("src/a changed");
    expect(await run("cat", "/src/a")).toBe("bbbb");
    expect(await reasonAfter(() => writeFile(join(folder, "src/c"), ""))).toBe("src/c added");
  });

  it("is what a mount shows of a stage, not how it was made", async () => {
    const folder = await buildContext(suite, {});
    const text = (comment: string, shown: string) =>
      `FROM BASE AS made\nRUN echo ${shown} > /f # ${comment}\nRUN mkdir /d && cp /f /d/\nFROM BASE\n` +
      "RUN --mount=from=made,source=/f,target=/m cat /m > /seen\nRUN --mount=from=made,target=/whole cat /whole/d/f > /all\n";
    const file = "RUN --mount=from=made,source=/f,target=/m cat /m > /seen";
    await dockerfile(folder, text("one", "1"));
    await build(folder);

    await dockerfile(folder, text("two", "1"));
    const same = steps(await build(folder));
    await dockerfile(folder, text("two", "2"));
    const other = steps(await build(folder));

    expect(same["RUN echo 1 > /f # two"]).toContain("the instruction changed");
    expect([same[file], same["RUN --mount=from=made,target=/whole cat /whole/d/f > /all"]]).toEqual([
      "CACHED",
      "CACHED",
    ]);
    expect(other[file]).toBe("what is mounted at /m changed");
    expect(await run("cat", "/seen", "/all")).toBe("2\n2");
  });

  it("is what a stage holds now that was carried out again, for all that stands on it or reads from it", async () => {
    const folder = await buildContext(suite, {});
    const uuid = "cat /proc/sys/kernel/random/uuid";
    await dockerfile(
      folder,
      `FROM BASE AS one\nRUN ${uuid} > /id\nFROM one AS above\nRUN cp /id /above\nFROM above\nCOPY --from=one /id /copied\n` +
        "RUN --mount=from=one,source=/id,target=/m cat /m > /mounted\n",
    );
    const ids = async () => (await run("cat", "/id", "/above", "/copied", "/mounted")).split("\n");
    await build(folder);
    const first = await ids();

    await build(folder, "--no-cache-filter=one");
    const second = await ids();
    await build(folder, "--no-cache-filter=one", "--target=one");
    const said = steps(await build(folder));
    const third = await ids();

    for (const four of [first, second, third]) expect(new Set(four).size).toBe(1);
    expect(new Set([first[0], second[0], third[0]]).size).toBe(3);
    expect(said[`RUN ${uuid} > /id`]).toBe("CACHED");
    expect(said["RUN cp /id /above"]).toBe("the step before it was carried out again");
    expect(Object.values(steps(await build(folder)))).toEqual(["CACHED", "CACHED", "CACHED", "CACHED"]);
  });

  it("is not what a COPY --link stands on: the layer stays the same one", async () => {
    const folder = await buildContext(suite, { f: "linked\n" });
    const text = (below: string) => `FROM BASE\nRUN echo ${below} > /below\nCOPY --link f /link/f\nRUN cat /link/f\n`;
    await dockerfile(folder, text("one"));
    await build(folder);
    const first = await diffIds();

    await dockerfile(folder, text("two"));
    const said = steps(await build(folder));
    const second = await diffIds();

    expect(said["COPY --link f /link/f"]).toBe("CACHED");
    expect(said["RUN cat /link/f"]).toBe("the step before it changed");
    expect(second.at(-3)).not.toBe(first.at(-3));
    expect(second.at(-2)).toBe(first.at(-2));
    expect(await run("cat", "/below", "/link/f")).toBe("two\nlinked");
    const name = suite.image("linked");
    await suite.mustTdock(["tag", "keyed", name]);
    await suite.mustTdock(["push", "-q", name]);
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
    await suite.mustTdock(["rmi", "-f", name, "keyed"]);
    expect(await suite.mustTdock(["run", "--rm", name, "cat", "/below", "/link/f"])).toBe("two\nlinked");
  });

  it("is also what --link copies, its owners by the names that the image gives them", async () => {
    const folder = await buildContext(suite, { f: "1" });
    const text = (below: string) => `FROM BASE\nRUN ${below}\nCOPY --link --chown=somebody f /f\n`;
    const named = (uid: number) => `echo somebody:x:${uid}:${uid}::/:/bin/sh >> /etc/passwd`;
    await dockerfile(folder, text(named(1234)));
    await build(folder);

    await dockerfile(folder, text(named(4321)));
    await build(folder);
    const owner = await run("stat", "-c", "%u", "/f");
    await writeFile(join(folder, "f"), "2");
    await build(folder);

    expect([owner, await run("cat", "/f")]).toEqual(["4321", "2"]);
  });

  it("is a health check, a user, a variable, and no image that only looks like the step", async () => {
    const folder = await buildContext(suite, {});
    await dockerfile(folder, "FROM scratch\nCOPY Dockerfile /from-here\n");
    const name = suite.image("looks-like");
    await build(folder, "-t", name);
    await suite.mustTdock(["push", "-q", name]);
    await suite.mustTdock(["rmi", "-f", name, "keyed"]);
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
    await suite.mustTdock(["pull", "-q", name]);

    expect(await build(folder)).not.toContain("CACHED");
    const inspected = async (line: string) => {
      await dockerfile(folder, `FROM BASE\nRUN id -u > /id\n${line}\nRUN echo $V\n`);
      const said = steps(await build(folder));
      const [{ Config }] = JSON.parse(await suite.mustTdock(["image", "inspect", "keyed"]));
      return { config: Config, last: Object.values(said).at(-1) };
    };
    await inspected("");
    const health = (await inspected("HEALTHCHECK CMD one")).config.Healthcheck.Test;
    expect([health, (await inspected("HEALTHCHECK CMD two")).config.Healthcheck.Test]).toEqual([
      ["CMD-SHELL", "one"],
      ["CMD-SHELL", "two"],
    ]);
    expect((await inspected("ONBUILD RUN true")).config.OnBuild).toEqual(["RUN true"]);
    expect((await inspected("USER 1")).last).toContain("USER");
    expect((await inspected("ENV V=1")).last).toContain("ENV V");
  });

  it("takes the cache's time from the clock, whatever SOURCE_DATE_EPOCH says of the image's", async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nRUN echo dated\n" });
    await build(folder, "--build-arg=SOURCE_DATE_EPOCH=1000000000");

    const { body } = await suite.api("GET", "/system/df?type=build-cache");
    const [image] = JSON.parse(await suite.mustTdock(["image", "inspect", "keyed"]));

    expect(image.Created).toMatch(/^2001-/);
    const dated = body.BuildCache.find(({ Description }: { Description: string }) => Description.includes("dated"));
    expect(Date.parse(dated.CreatedAt)).toBeGreaterThan(Date.parse("2020-01-01"));
  });
});
