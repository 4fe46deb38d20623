import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { programs } from "../harness/instance/programs.ts";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("the flags of tdock build", (suite) => {
  const build = (...args: string[]) => suite.tdock(["build", "--progress=plain", ...args]);
  const run = (...args: string[]) => suite.mustTdock(["run", "--rm", ...args]);
  const based = (text: string) => text.replaceAll("BASE", suite.busybox);

  afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

  describe("--file", () => {
    /** A Dockerfile beside the context. */
    const beside = async (name: string, text: string, files: Readonly<Record<string, string>> = {}) => {
      const folder = await buildContext(suite, { ".dockerignore": "all*\n", "all-but-own": "", own: "", ...files });
      const path = `${folder}-beside/${name}`;
      await mkdir(`${folder}-beside`);
      await writeFile(path, based(text));
      return { folder, path };
    };

    it("takes a Dockerfile beside the context, which names it, follows its own ignore file, and does not hold it", async () => {
      const { folder, path } = await beside("Own.Dockerfile", "FROM BASE\nCOPY . /all\n");
      const listed = async () => {
        expect(await build("-t", "beside", "-f", path, folder)).toMatchObject({ exitCode: 0 });
        return run("beside", "ls", "-A", "/all");
      };

      expect(await listed()).toBe(".dockerignore\nown");
      await writeFile(`${path}.dockerignore`, "own\n.dockerignore\n");
      expect(await listed()).toBe("all-but-own");
      await writeFile(path, based("FROM BASE\nRUN --mont=x y\n"));
      const { exitCode, stderr } = await build("-f", path, folder);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`${path}:2:5: unknown flag: --mont`);
    });

    it("follows a link to it, and reads what a pipe holds", async () => {
      const { folder, path } = await beside("real", "FROM BASE\nCMD echo linked\n");
      await symlink("real", `${path}-link`);
      await build("-t", "beside", "-f", `${path}-link`, folder);
      expect(await run("beside")).toBe("linked");

      const script = `${programs.tdock} build -q -t beside -f <(echo FROM ${suite.busybox}; echo CMD echo piped) ${folder}`;
      execFileSync("bash", ["-c", script], { env: { ...process.env, ...suite.tdockd.clientEnv } });

      expect(await run("beside")).toBe("piped");
    });
  });

  it("reads an archive from standard input, compressed too, and a Dockerfile of it by its path", async () => {
    const archive = await tarOf([file("sub/Df", based("FROM BASE\nCOPY f /f\nCMD cat /f\n")), file("f", "archived")]);

    for (const stdin of [archive, gzipSync(archive)]) {
      await suite.mustTdock(["build", "-q", "-t", "archived", "-f", "sub/Df", "-"], { stdin });
      expect(await run("archived")).toBe("archived");
    }
  });

  it("writes a tar of the files to a file and to standard output, and an archive that Docker's load takes", async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM scratch\nCOPY f /d/\n", f: "out" });
    const out = `${folder}.tar`;

    await build("-o", `type=tar,dest=${out}`, folder);
    expect(execFileSync("tar", ["-xOf", out, "d/f"]).toString()).toBe("out");
    const command = `exec ${programs.tdock} build -q -o - ${folder}`;
    const piped = await runProgram("sh", ["-c", `${command} | tar -xO d/f`], { env: suite.tdockd.clientEnv });
    expect(piped.stdout).toBe("out");
    const images = await suite.mustTdock(["images", "-q"]);
    await build("-t", "archive:1", "-o", `type=docker,dest=${out}`, folder);
    expect(JSON.parse(execFileSync("tar", ["-xOf", out, "manifest.json"]).toString())).toMatchObject([
      { RepoTags: ["archive:1"] },
    ]);
    await suite.mustTdock(["rmi", "-f", "archive:1"]);
    expect(await suite.mustTdock(["images", "-q"])).toBe(images);
    expect(await suite.mustTdock(["load", "-i", out])).toContain("archive:1");
  });

  it("asks the registry again with --pull, and only then", async () => {
    const name = suite.image("moving");
    const push = async (text: string) => {
      const folder = await buildContext(suite, { Dockerfile: `FROM BASE\nCMD echo ${text}\n` });
      await suite.mustTdock(["build", "-q", "-t", name, "--push", folder]);
    };
    await push("one");
    await suite.mustTdock(["tag", name, "first"]);
    await push("two");
    await suite.mustTdock(["tag", "first", name]);
    const folder = await buildContext(suite, { Dockerfile: `FROM ${name}\n` });

    await build("-t", "pulled", folder);
    expect(await run("pulled")).toBe("one");
    await build("-t", "pulled", "--pull", folder);
    expect(await run("pulled")).toBe("two");
  });

  it("tells what happens as JSON, or nothing at all", async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nRUN echo told\n" });

    const { stderr } = await suite.tdock(["build", "--progress=json", folder]);
    const silent = await suite.tdock(["build", "--progress=quiet", folder]);
    const wrong = await suite.tdock(["build", "--progress=loud", folder]);

    const events = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["begin", "log", "end", "result"]));
    expect(events).toContainEqual(expect.objectContaining({ kind: "log", data: "told\n" }));
    expect(silent).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    expect(wrong.stderr).toContain("invalid progress mode loud");
  });

  it("shows a live view on a terminal, and opens a shell in what a failed step left", async () => {
    const text = "FROM BASE\nENV V=kept\nWORKDIR /w\nRUN echo of-the-step > f; exit 9\n";
    const folder = await buildContext(suite, { Dockerfile: text });
    using terminal = openTerminal(programs.tdock, ["build", "--shell-on-fail", folder], {
      env: suite.tdockd.clientEnv,
    });

    await terminal.waitFor("returned a non-zero code: 9");
    expect(terminal.output()).toContain("\x1b[");
    terminal.type("echo $(cat f)-$V-$(pwd)\n");
    await terminal.waitFor("of-the-step-kept-/w");
    terminal.type("exit\n");

    expect(await terminal.exit).toBe(1);
  });

  it("runs stages side by side, but no more than its bound", async () => {
    const bound = Math.max(4, cpus().length * 2);
    const stages = Array.from(
      { length: bound + 3 },
      (_, index) => `FROM BASE AS s${index}\nRUN echo ${index}; sleep 5252; true`,
    );
    const copies = stages.map((_, index) => `COPY --from=s${index} /bin/true /${index}`);
    const folder = await buildContext(suite, { Dockerfile: [...stages, "FROM BASE", ...copies].join("\n") });
    const sleepers = async () =>
      (await runProgram("pgrep", ["-x", "-f", "sleep 5252"])).stdout.split("\n").filter((pid) => pid !== "");
    let isOver = false;
    const building = build(folder).finally(() => {
      isOver = true;
    });
    let most = 0;

    await eventually(async () => expect(await sleepers()).toHaveLength(bound), 20_000);
    while (!isOver) {
      const pids = await sleepers();
      most = Math.max(most, pids.length);
      for (const pid of pids.slice(0, 1)) process.kill(Number(pid));
    }

    expect(most).toBe(bound);
    expect((await building).exitCode).toBe(0);
  });

  it("leaves nothing of what it was doing in the folders of builds", async () => {
    const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nRUN true\nRUN exit 1\n" });

    await build(folder);

    expect(await readdir(join(suite.tdockd.layout.dataRoot, "build/scratch"))).toEqual([]);
    expect(await readFile(join(folder, "Dockerfile"), "utf8")).toContain("exit 1");
  });
});
