import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const threeMegabytes = (name: string) => `RUN head -c 3000000 /dev/zero > /${name}`;

systemSuite("tdock builder prune", (suite) => {
  const buildOf = async (...lines: string[]) => {
    const folder = await buildContext(suite, { Dockerfile: ["FROM BASE", ...lines, ""].join("\n") });
    return suite.tdock(["build", "--progress=plain", folder]);
  };
  const prune = (...flags: string[]) => suite.mustTdock(["builder", "prune", "-f", ...flags]);
  const kept = () => suite.mustTdock(["builder", "du"]);

  beforeEach(() => prune("-a"));
  afterAll(() => prune("-a"));

  it("takes what the filters name, and nothing else", async () => {
    await buildOf("RUN --mount=type=cache,target=/c,id=npm echo > /c/f", "RUN echo > /other");
    const [, step = ""] = /^(\w+) .*RUN echo > \/other/m.exec(await kept()) ?? [];

    await prune("--filter=until=1h");
    await prune("--filter=type=exec.cachemount");
    await prune(`--filter=id=${step}`);

    expect(await kept()).toContain("RUN --mount=type=cache");
    expect(await kept()).not.toContain("/other");
    expect(await kept()).not.toContain("cache mount npm");
    expect((await suite.tdock(["builder", "prune", "-f", "--filter=nonsense=1"])).stderr).toContain("invalid filter");
  });

  it("keeps what was used last below --max-used-space", async () => {
    await buildOf(threeMegabytes("old"));
    await buildOf(threeMegabytes("new"));

    await prune("--max-used-space=4m");

    expect(await kept()).toContain("> /new");
    expect(await kept()).not.toContain("> /old");
  });

  it("makes as much room as --min-free-space wants, but keeps --reserved-space", async () => {
    await buildOf(threeMegabytes("old"));
    await buildOf(threeMegabytes("new"));

    await prune("--min-free-space=1k");
    expect(await kept()).toContain("> /old");
    await prune("--min-free-space=1000t", "--reserved-space=4m");

    expect(await kept()).toContain("> /new");
    expect(await kept()).not.toContain("> /old");
  });

  it("takes the lists of copied files with the results that they are of", async () => {
    const lists = async () =>
      (await readdir(join(suite.tdockd.layout.dataRoot, "build/digests"))).filter((name) => name.startsWith("files-"));
    await buildOf("COPY <<EOF /old", "old", "EOF");
    await buildOf("COPY <<EOF /new", "new", "EOF");
    const [step = ""] = /^\w+(?= .*COPY <<EOF \/old)/m.exec(await kept()) ?? [];
    expect(await lists()).toHaveLength(2);

    await prune(`--filter=id=${step}`);

    expect(await lists()).toHaveLength(1);
  });

  it("asks first, and takes nothing without a yes", async () => {
    await buildOf("RUN echo > /asked");

    const answered = (stdin: string) => suite.tdock(["builder", "prune", "-a"], { stdin });

    expect((await answered("n\n")).stdout).toContain("WARNING! This will remove all build cache.");
    expect(await kept()).toContain("/asked");
    await answered("y\n");
    expect(await kept()).not.toContain("/asked");
  });

  it("follows the filters of system prune, too", async () => {
    await buildOf("RUN echo > /filtered");
    const systemPrune = (...flags: string[]) => suite.tdock(["system", "prune", "-f", ...flags]);

    await systemPrune("--filter=until=1h");
    await systemPrune("--filter=label=none");
    const both = await systemPrune("--volumes", "--filter=until=0s");

    expect(both).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("not supported") });
    expect(await kept()).toContain("/filtered");
    await systemPrune("--filter=until=0s");
    expect(await kept()).not.toContain("/filtered");
  });

  it("takes nothing that a build uses which runs now, though another that used it has ended", async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nRUN echo > /in-use\nRUN sleep 4545\n" });
    const leaving = new AbortController();
    const client = suite.tdock(["build", folder], { signal: leaving.signal }).catch(() => undefined);
    const isAsleep = async () => expect((await runProgram("pgrep", ["-f", "sleep 4545"])).exitCode).toBe(0);
    await eventually(isAsleep);
    await buildOf("RUN echo > /in-use");

    await prune("-a");
    leaving.abort();
    await client;

    expect((await buildOf("RUN echo > /in-use", "RUN ls /in-use")).stderr).toContain("CACHED");
  });
});

systemSuite(
  "tdockd --build-cache-limit",
  (suite) => {
    afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

    it("lets what was not used for longest go when a build has ended", async () => {
      for (const name of ["one", "two", "three"]) {
        const folder = await buildContext(suite, { Dockerfile: `FROM BASE\n${threeMegabytes(name)}\n` });
        await suite.mustTdock(["build", "-q", folder]);
      }

      await eventually(async () => expect(await suite.mustTdock(["builder", "du"])).not.toContain("/two"));
      expect(await suite.mustTdock(["builder", "du"])).toContain("/three");
    });
  },
  { flags: ["--build-cache-limit=4m"] },
);
