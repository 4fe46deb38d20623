import { chmod, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writePackages } from "../bench/build-context.ts";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("the context of tdock build", (suite) => {
  const build = (...args: string[]) => suite.tdock(["build", "--progress=plain", ...args]);

  afterAll(async () => {
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
  });

  it("arrives byte by byte, in files small, large and empty, and is sent again only as far as it changed", async () => {
    const sizes = [0, 1, 63, 64, 200_000, 262_143, 262_144, 262_145, 700_001, 0];
    const files = sizes.map((size, index) => [`c/f${index}`, `${index}`.repeat(size)] as const);
    const many = Array.from({ length: 300 }, (_, index) => [`c/many/${index}`, `${index}\n`.repeat(index)] as const);
    const Dockerfile = "FROM BASE\nCOPY c /c\nRUN find /c -type f | sort | xargs cat | sha256sum\n";
    const folder = await buildContext(suite, { Dockerfile, ...Object.fromEntries([...files, ...many]) });
    const first = await build("-t", "bytes", folder);
    // What changed just now may change again without showing it, and is sent again.
    const before = await eventually(async () => {
      const files = await staged();
      await build(folder);
      expect(await staged()).toEqual(files);
      return files;
    }, 30_000);
    await writeFile(join(folder, "c/f4"), "changed");

    const second = await build("-t", "bytes", folder);

    const all = [...files.with(4, ["c/f4", "changed"]), ...many].sort(([one], [other]) => (one < other ? -1 : 1));
    const sum = await suite.mustTdock(["run", "--rm", "-i", "bytes", "sha256sum"], {
      stdin: all.map(([, text]) => text).join(""),
    });
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(second.stderr).toContain("not cached: c/f4 changed");
    expect(second.stderr).toContain(sum.slice(0, 64));
    await eventually(async () => {
      const now = new Set(await staged());
      expect(before.filter((name) => !now.has(name))).toHaveLength(1);
    });
  });

  it("is not brought to the disk for each step: the root of a step forgets what was not synced", async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nRUN grep ' / overlay ' /proc/mounts\n" });

    const { stderr } = await build("--no-cache", folder);

    expect(stderr).toMatch(/upperdir=\S*[,=]volatile/);
  });

  it.each([
    ["listed by find", ""],
    ["listed by hand, as there is something to ignore", "d/ignored*\n!d/ignored-not"],
  ])("may have names that are no text, and links to such: %s", async (_, ignored) => {
    const print = "for name in *; do echo $name | od -An -tx1; done; cat *";
    const Dockerfile = `FROM BASE\nCOPY d /d\nRUN cd /d && ${print}\n`;
    const files = { Dockerfile, ...(ignored !== "" && { ".dockerignore": ignored }), "d/ignored-not": "" };
    const folder = await buildContext(suite, files);
    const path = (byte: number) => Buffer.concat([Buffer.from(`${folder}/d/x`), Buffer.of(byte)]);
    await writeFile(path(0xfe), "first");
    await writeFile(path(0xff), "second");
    await symlink(Buffer.from([0x78, 0xff]), join(folder, "d/z"));

    const { exitCode, stderr } = await build("--no-cache", folder);

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/ 78 fe 0a\n.* 78 ff 0a\n.* 7a 0a\n.*firstsecondsecond/);
  });

  it.each(["node_modules", "a [b]*?%P\\x"])("may have a folder of many packages: %s", async (packages) => {
    const inside = Array.from({ length: 120 }, (_, index) => `${packages}/p${index}/lib/${index}`);
    const outside = ["a.js", "source/b.js", `${packages}.js`];
    const Dockerfile = `FROM BASE\nCOPY ${packages[0]}* /packages/\nCOPY . /all\nRUN cd /all && find . -type f\n`;
    const files = Object.fromEntries([...inside, ...outside].map((path) => [path, path]));
    const folder = await buildContext(suite, { Dockerfile, ...files });
    const first = await build(folder);
    await writeFile(join(folder, "source/b.js"), "changed");

    const second = await build(folder);

    const found = first.stderr.matchAll(/ \.\/(.*)$/gm);
    expect([...found].map(([, path]) => path).sort()).toEqual(["Dockerfile", ...inside, ...outside].sort());
    expect(second.stderr).toMatch(/COPY .\* .*\n.* CACHED\n(.*\n)*.* not cached: source\/b.js changed/);
  });

  it("is told by name when a file of it vanishes before it is sent", async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nCOPY fleeting /\n", fleeting: "here" });
    const programs = await buildContext(suite, {
      find: `#!/bin/sh\nPATH=/usr/bin:/bin find "$@"\nrm ${folder}/fleeting\n`,
    });
    await chmod(join(programs, "find"), 0o755);

    const { exitCode, stderr } = await suite.tdock(["build", folder], {
      env: { PATH: `${programs}:${process.env.PATH}` },
    });

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${folder}/fleeting: vanished before it was sent`);
  });

  it("takes up little of the server's memory, however many files it has", { timeout: 180_000 }, async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nCOPY files /files\nRUN test -e /files\n" });
    writePackages(join(folder, "files"), { files: 25_000, bytes: 80_000_000 });
    const change = () => writeFile(join(folder, "files/package-9/lib/file-3.js"), "changed");

    const first = await peakOf(() => suite.mustTdock(["build", "-q", folder]));
    const second = await peakOf(() => change().then(() => suite.mustTdock(["build", "-q", folder])));

    expect(first).toBeLessThan(200e6);
    expect(second).toBeLessThan(200e6);
  });

  /** The most bytes that are resident in the server meanwhile. */
  async function peakOf(work: () => Promise<unknown>): Promise<number> {
    const own = `/proc/${suite.tdockd.pid}`;
    await writeFile(`${own}/clear_refs`, "5"); // forgets the peak so far
    await work();
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(await readFile(`${own}/status`, "utf8"))?.[1]) * 1024;
  }

  /** The files that are kept of contexts. */
  async function staged(): Promise<string[]> {
    const root = join(suite.tdockd.layout.dataRoot, "build/contexts");
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.parentPath.endsWith("/files"))
      .map(({ name }) => name)
      .sort();
  }
});
