import { chmod, link, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { programs } from "../harness/instance/programs.ts";
import { startTdockd, type Tdockd } from "../harness/instance/tdockd.ts";
import { mustRun, runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock build", (suite) => {
  let number = 0;
  /** A context folder with these files; `BASE` in a Dockerfile is the suite's busybox. */
  const context = async (files: Readonly<Record<string, string>>) => {
    const folder = join(suite.tdockd.layout.root, `context-${++number}`);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, ".."), { recursive: true });
      await writeFile(join(folder, name), text.replaceAll("BASE", suite.busybox));
    }
    return folder;
  };
  const build = (...args: string[]) => suite.tdock(["build", "--progress=plain", ...args]);
  const run = (...args: string[]) => suite.mustTdock(["run", "--rm", ...args]);

  afterAll(async () => {
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
  });

  it("builds stages, copies between them, and records what the Dockerfile says", async () => {
    const folder = await context({
      Dockerfile: `ARG GREETING=hello
FROM BASE AS make
ARG GREETING
RUN echo "$GREETING \${GREETING}" > /made && mkdir /out && ln -s /made /out/link
FROM BASE AS unused
RUN exit 1
FROM BASE
LABEL l=v
ENV E=1
WORKDIR /w
COPY --from=make --chown=65534:65534 --chmod=u=rw,go= /made /out ./
COPY <<EOF script
echo $E
EOF
CMD ["cat", "made"]
`,
    });

    const { exitCode, stderr } = await build("-t", "staged", "--build-arg", "GREETING=hi", folder);

    expect(stderr).not.toContain("unused");
    expect(exitCode).toBe(0);
    expect(await run("staged")).toBe("hi hi");
    expect(await run("staged", "stat", "-c", "%n %a %u %F", "made", "link")).toBe(
      "made 600 65534 regular file\nlink 777 65534 symbolic link",
    );
    expect(await run("staged", "sh", "script")).toBe("1");
    const [image] = JSON.parse(await suite.mustTdock(["image", "inspect", "staged"]));
    expect(image.Config).toMatchObject({ WorkingDir: "/w", Labels: { l: "v" }, Cmd: ["cat", "made"] });
  });

  it("takes what is cached, and says why something is not", async () => {
    const folder = await context({
      Dockerfile: "FROM BASE\nARG V=1\nCOPY src /src\nRUN echo $V > /v\n",
      "src/a": "a",
      "src/b": "b",
    });
    const first = await build("-t", "cached", "--iidfile", join(folder, "../id-1"), folder);
    const again = await build("-t", "cached", "--iidfile", join(folder, "../id-2"), folder);
    const other = await build("-t", "cached", "--build-arg", "V=2", folder);
    await writeFile(join(folder, "src/a"), "changed");
    const changed = await build("-t", "cached", folder);

    expect([first, again, other, changed].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(again.stderr.match(/CACHED/g)).toHaveLength(2);
    expect(await readFile(join(folder, "../id-1"), "utf8")).toBe(await readFile(join(folder, "../id-2"), "utf8"));
    expect(other.stderr).toContain("not cached: ARG V 1 -> 2");
    expect(changed.stderr).toContain("not cached: src/a changed");
    expect(await run("cached", "cat", "/src/a", "/src/b")).toBe("changedb");
  });

  it("names the file that was copied alone, the mount that shows something else, and what has moved", async () => {
    const folder = await context({
      Dockerfile: "FROM BASE\nCOPY src/a /a\nRUN --mount=source=src,target=/m cat /m/b\nRUN echo last\n",
      "src/a": "a",
      "src/b": "b",
    });
    const reasons = async () =>
      [...(await build(folder)).stderr.matchAll(/^#\d+ (?:not cached: (.*)|CACHED)$/gm)].map(([, reason]) => reason);
    await reasons();

    await chmod(join(folder, "src/b"), 0o600);
    expect(await reasons()).toEqual([undefined, "what is mounted at /m changed", "the step before it changed"]);
    await chmod(join(folder, "src/a"), 0o600);
    expect((await reasons())[0]).toBe("src/a mode 644 -> 600");
    await writeFile(join(folder, "Dockerfile"), `FROM ${suite.busybox}\nCOPY src/a /a\nRUN echo last\n`);
    expect(await reasons()).toEqual([undefined, "the step before it changed"]);
  });

  it("says where it failed, and opens the state that the step left", async () => {
    const folder = await context({
      Dockerfile: "FROM BASE\nWORKDIR /w\nRUN echo kept > file && echo seen && exit 7\n",
    });

    const { exitCode, stderr } = await build(folder);
    const id = /--from-step ([0-9a-f]+)/.exec(stderr)?.[1] ?? "";

    expect(exitCode).toBe(1);
    expect(stderr).toContain("seen");
    expect(stderr).toContain("Dockerfile:3");
    expect(stderr).toContain("returned a non-zero code: 7");
    expect(await run("--from-step", id, "cat", "/w/file")).toBe("kept");
  });

  it.each([
    [
      "a command that is not there",
      'RUN ["/nosuch"]',
      'could not be started: exec: "/nosuch": stat /nosuch: no such file',
    ],
    ["a step that used up its memory", "RUN tail /dev/zero", "code: 137, killed by signal 9, for want of memory"],
  ])("says why %s failed, and opens its state", async (_, step, reason) => {
    const { exitCode, stderr } = await build("--memory=16m", await context({ Dockerfile: `FROM BASE\n${step}\n` }));

    expect(exitCode).toBe(1);
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/--from-step [0-9a-f]+ sh\n/);
  });

  it("gives the Dockerfile's place for what it does not know", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN \\\n  --mont=type=cache true\n" });

    const { exitCode, stderr } = await build(folder);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("Dockerfile:3:3: unknown flag: --mont (did you mean mount?)");
  });

  it.each([
    ["FROM", "\nFROM HOST/nosuch AS x\nFROM x\nRUN true\n", 2],
    ["COPY --from", "FROM BASE\n\nCOPY --from=HOST/nosuch /a /b\n", 3],
    ["RUN --mount", "FROM BASE\nRUN --mount=from=HOST/nosuch,target=/m true\n", 2],
  ])("gives the Dockerfile's place for an image of %s that is not there", async (_, text, line) => {
    const { exitCode, stderr } = await build(await context({ Dockerfile: text.replace("HOST", suite.registry.host) }));

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`\n------\nDockerfile:${line}\nERROR: manifest for `);
  });

  it("reads nothing outside its context", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nCOPY link/passwd /\n" });
    await symlink("/etc", join(folder, "link"));

    const { exitCode, stderr } = await build(folder);

    expect(exitCode).toBe(1);
    expect(stderr).toContain("no such file or folder in the build context");
    expect(stderr).toContain("Dockerfile:2\n");
  });

  it("hides what .dockerignore names", async () => {
    const folder = await context({
      Dockerfile: "FROM BASE\nCOPY . /all\n",
      ".dockerignore": "secret*\n!secret-not\nDockerfile\n",
      secret: "x",
      "secret-not": "y",
    });

    await build("-t", "ignoring", folder);

    expect(await run("ignoring", "ls", "-A", "/all")).toBe(".dockerignore\nsecret-not");
  });

  it("shows secrets to the step alone", async () => {
    const folder = await context({
      Dockerfile:
        "FROM BASE\nRUN --mount=type=secret,id=s,required cat /run/secrets/s && wc -c < /run/secrets/s > /size\n",
    });

    const built = await suite.tdock(
      ["build", "--progress=plain", "-t", "secretive", "--secret", "id=s,env=MARK", folder],
      {
        env: { MARK: "S3CR3T-marker" },
      },
    );

    expect(built.exitCode).toBe(0);
    expect(built.stderr).toMatch(/^#\d+ [\d.]+ \*{4}$/m);
    expect(built.stderr).not.toContain("S3CR3T");
    expect(await run("secretive", "sh", "-c", "cat /size; ls /run/secrets 2>/dev/null | wc -l")).toBe("13\n0");
    const { exitCode } = await runProgram("grep", ["-r", "-q", "S3CR3T-marker", suite.tdockd.layout.root]);
    expect(exitCode).toBe(1);
  });

  it("mounts a single file of a stage, of an image and of the context", async () => {
    const folder = await context({
      Dockerfile: `FROM BASE AS other
RUN echo stage > /f
FROM BASE
RUN --mount=from=other,source=/f,target=/one --mount=source=f,target=/two --mount=from=BASE,source=/bin/wc,target=/three \\
  cat /one /two > /seen && test -x /three
`,
      f: "context\n",
    });

    await build("-t", "single", folder);

    expect(await run("single", "sh", "-c", "cat /seen; ls -d /one /two /three 2>/dev/null | cat")).toBe(
      "stage\ncontext",
    );
  });

  it("keeps cache mounts between builds, and out of the image", async () => {
    const dockerfile = (n: number) => `FROM BASE\nRUN --mount=type=cache,target=/c echo ${n} >> /c/f; cp /c/f /seen\n`;

    await build("-t", "mounts", await context({ Dockerfile: dockerfile(1) }));
    await build("-t", "mounts", await context({ Dockerfile: dockerfile(2) }));

    expect(await run("mounts", "sh", "-c", "cat /seen; ls -d /c 2>/dev/null | cat")).toBe("1\n2");
  });

  it("leaves a step alone that takes longer than half a minute, when tasks that nobody knows are swept away", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN sleep 31 && echo awake\n" });

    const { exitCode, stderr } = await build(folder);

    expect(stderr).toContain("awake");
    expect(exitCode).toBe(0);
  });

  it("ends the step when the client goes away", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN sleep 4242\n" });
    const leaving = new AbortController();
    const isRunning = async () => (await runProgram("pgrep", ["-f", "sleep 4242"])).exitCode === 0;
    const client = suite.tdock(["build", folder], { signal: leaving.signal }).catch(() => undefined);
    await eventually(async () => expect(await isRunning()).toBe(true));

    leaving.abort();
    await client;

    await eventually(async () => expect(await isRunning()).toBe(false), 10_000);
  });

  describe("two builds that need the same step at the same time", () => {
    const dockerfile = (seconds: number) =>
      `FROM BASE\nRUN sleep ${seconds}; cat /proc/sys/kernel/random/uuid > /made\nRUN true\n`;
    const sleepers = async (seconds: number) => {
      const { stdout } = await runProgram("pgrep", ["-x", "-f", `sleep ${seconds}`]);
      return stdout.split("\n").filter((pid) => pid !== "");
    };
    /** Starts both, the second once the first is in the step, and comes back when the second waits for it. */
    const startBoth = async (seconds: number) => {
      const folder = await context({ Dockerfile: dockerfile(seconds) });
      const leaving = new AbortController();
      const first = suite.tdock(["build", "-t", "first", folder], { signal: leaving.signal }).catch(() => undefined);
      await eventually(async () => expect(await sleepers(seconds)).toHaveLength(1));
      const shown = join(folder, "../shown");
      const command = `exec ${programs.tdock} build --progress=plain -t second ${folder} 2> ${shown}`;
      const second = runProgram("sh", ["-c", command], { env: suite.tdockd.clientEnv });
      await eventually(async () => expect(await readFile(shown, "utf8")).toContain("wait for another build"));
      return { first, second, leaving };
    };
    const wake = async (seconds: number) => {
      for (const pid of await sleepers(seconds)) process.kill(Number(pid));
    };

    it("carry it out once", async () => {
      const { first, second } = await startBoth(4646);

      await wake(4646);

      expect((await first)?.exitCode).toBe(0);
      expect((await second).exitCode).toBe(0);
      expect(await run("second", "cat", "/made")).toBe(await run("first", "cat", "/made"));
    });

    it("carry it out in the second when the first goes away", async () => {
      const { first, second, leaving } = await startBoth(4747);
      const [pid] = await sleepers(4747);

      leaving.abort();
      await first;
      await eventually(async () => {
        const now = await sleepers(4747);
        expect(now).toHaveLength(1);
        expect(now).not.toContain(pid);
      });
      await wake(4747);

      expect((await second).exitCode).toBe(0);
    });
  });

  it("clears up after kill -9 in the middle of a step, and keeps what was finished", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN echo finished > /f\nRUN sleep 4343\n" });
    const isRunning = async () => (await runProgram("pgrep", ["-f", "sleep 4343"])).exitCode === 0;
    const client = build(folder);
    await eventually(async () => expect(await isRunning()).toBe(true));

    await suite.tdockd.stop("SIGKILL");
    expect((await client).exitCode).not.toBe(0);
    await suite.tdockd.start();

    expect(await isRunning()).toBe(false);
    await writeFile(join(folder, "Dockerfile"), `FROM ${suite.busybox}\nRUN echo finished > /f\nRUN cat /f\n`);
    const again = await build(folder);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain("CACHED");
  });

  it("pushes what it built, for others to pull", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN echo pushed > /f && rm /bin/wc\n" });
    const name = suite.image("built-here");
    await build("-t", name, folder);
    await suite.mustTdock(["push", name]);
    await suite.mustTdock(["rmi", "-f", name]);
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);

    await suite.mustTdock(["pull", "-q", name]);

    expect(await run(name, "sh", "-c", "cat /f; ls /bin/wc 2>/dev/null | cat")).toBe("pushed");
  });

  it("pushes its layers compressed, under a digest that stays, and keeps the image's ID", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN head -c 1000000 /dev/zero > /zeros\n" });
    const name = suite.image("compressed");
    const metadata = join(folder, "../metadata.json");
    const epoch = "--build-arg=SOURCE_DATE_EPOCH=1000000000";
    const manifest = async () => {
      const url = `${suite.registry.url}/v2/compressed/manifests/latest`;
      const answer = await fetch(url, { headers: { accept: "application/vnd.oci.image.manifest.v1+json" } });
      return {
        digest: answer.headers.get("docker-content-digest"),
        ...((await answer.json()) as { layers: { mediaType: string; size: number }[] }),
      };
    };
    await build("-t", name, "--iidfile", join(folder, "../id"), "--metadata-file", metadata, "--push", epoch, folder);
    const first = await manifest();

    const again = await suite.tdock(["build", "-q", "-t", name, "--no-cache", "--push", epoch, folder]);

    expect(again).toMatchObject({ stdout: `${await readFile(join(folder, "../id"), "utf8")}\n`, stderr: "" });
    expect((await manifest()).digest).toBe(first.digest);
    expect(first.layers.map(({ mediaType }) => mediaType)).toEqual(
      first.layers.map(() => expect.stringMatching(/gzip$/)),
    );
    expect(first.layers.at(-1)?.size).toBeLessThan(10_000);
    expect(JSON.parse(await readFile(metadata, "utf8"))["containerimage.digest"]).toBe(first.digest);
    const [image] = JSON.parse(await suite.mustTdock(["image", "inspect", name]));
    expect([image.Id]).toEqual([(await readFile(join(folder, "../id"), "utf8")).trim()]);
    expect(image.RepoDigests).toEqual([`${name}@${first.digest}`]);
    await suite.mustTdock(["rmi", "-f", name]);
  });

  it("hands the files out with --output", async () => {
    const folder = await context({ Dockerfile: "FROM scratch\nCOPY f /d/\n", f: "out" });
    const out = join(folder, "../out");
    const images = await suite.mustTdock(["images", "-aq"]);

    const local = await build("-o", `type=local,dest=${out}`, folder);
    const archive = await build("-t", "saved", "-o", `type=oci,dest=${out}.tar`, folder);

    expect([local.exitCode, archive.exitCode]).toEqual([0, 0]);
    expect(await readFile(join(out, "d/f"), "utf8")).toBe("out");
    await suite.mustTdock(["rmi", "saved"]);
    expect(await suite.mustTdock(["images", "-aq"])).toBe(images);
    expect((await runProgram("tar", ["-tf", `${out}.tar`])).stdout).toContain("index.json");
  });

  it("gives the same image again with SOURCE_DATE_EPOCH, on another data root, too", async () => {
    const dockerfile = `FROM BASE AS make
WORKDIR /deep/er
COPY f hard* ./
ADD f.tar /unpacked/
RUN date > /dev/null; mkdir /made; touch /made/now; ln /made/now /made/hard; ln -s now /made/link; rm /bin/wc
FROM BASE
COPY --from=make --chown=1:1 / /all
COPY <<EOF /here
text
EOF
RUN --mount=type=cache,target=/c date > /c/f; mkdir -p /c2
`;
    const metadata = join(suite.tdockd.layout.root, "metadata.json");
    const digestOf = async (engine: Pick<Tdockd, "mustTdock">) => {
      const folder = await context({ Dockerfile: dockerfile, f: "x" });
      await link(join(folder, "f"), join(folder, "hard"));
      await mustRun("tar", ["-cf", "f.tar", "f"], { cwd: folder });
      const epoch = "--build-arg=SOURCE_DATE_EPOCH=1000000000";
      await engine.mustTdock(["build", "-q", "--no-cache", "--metadata-file", metadata, epoch, folder]);
      return JSON.parse(await readFile(metadata, "utf8"))["containerimage.digest"];
    };
    await using other = await startTdockd();

    const first = await digestOf(suite);

    expect(first).toMatch(/^sha256:/);
    expect(await digestOf(suite)).toBe(first);
    expect(await digestOf(other)).toBe(first);
  });

  it("reads a Dockerfile from standard input, with a folder or with nothing beside it", async () => {
    const folder = await context({ f: "beside\n" });
    const build = (args: string[], dockerfile: string) =>
      suite.mustTdock(["build", "-q", "-t", "stdin", ...args], { stdin: dockerfile.replace("BASE", suite.busybox) });

    await build(["-"], "FROM BASE\nCMD echo alone\n");
    expect(await run("stdin")).toBe("alone");
    await build(["-f", "-", folder], "FROM BASE\nCOPY f /\nCMD cat /f\n");
    expect(await run("stdin")).toBe("beside");
    expect((await suite.tdock(["build", "-f", "-", "-"], { stdin: "" })).stderr).toContain("can't use stdin for both");
  });

  it("system df and builder du tell what images, containers, volumes and build steps take", async () => {
    await suite.mustTdock([
      "build",
      "-q",
      await context({ Dockerfile: "FROM BASE\nRUN head -c 3000000 /dev/zero >/f\n" }),
    ]);
    await suite.mustTdock([
      "run",
      "--name",
      "df",
      "-v",
      "dfv:/v",
      suite.busybox,
      "sh",
      "-c",
      "head -c 2000000 /dev/zero | tee /f >/v/f",
    ]);

    const df = await suite.mustTdock(["system", "df", "--format", "{{.Type}}|{{.Active}}|{{.Size}}|{{.Reclaimable}}"]);
    expect(df).toMatch(/^Images\|\d+\|/);
    expect(df).toMatch(/^Containers\|0\|2\.\d+MB\|2\.\d+MB \(100%\)$/m);
    expect(df).toMatch(/^Local Volumes\|1\|2\.\d+MB\|0B \(0%\)$/m);
    const details = await suite.mustTdock(["system", "df", "-v"]);
    expect(details).toMatch(/^dfv +1 +2\.\d+MB/m);
    expect(details).toContain("Images space usage:");
    expect(await suite.mustTdock(["builder", "du"])).toMatch(/RUN head -c 3000000 \/dev\/zero >\/f +3\.\d+MB/);
  });

  it("refuses what it does not offer instead of ignoring it", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\n" });

    expect((await build("--cache-to=type=gha", folder)).stderr).toContain("cache-to type=gha is not offered");
    expect((await build("--squash", folder)).stderr).toContain("--squash is not offered");
    expect((await build("--builder=other", folder)).stderr).toContain("--builder other is not offered, only default");
    expect((await build("--call=outline", folder)).stderr).toContain("--call outline is not offered");
    expect((await build("--provenance=true", folder)).stderr).toContain("attestations are not offered");
    expect((await build("--build-context=x=zip:///x", folder)).stderr).toContain("wanted a folder, an image");
    expect((await build("--build-arg=BUILDKIT_SYNTAX=evil/x", folder)).stderr).toContain(
      "the frontend evil/x is not run",
    );
  });

  it("answers to what scripts and editors call of buildx", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nLABEL by=buildx\n" });

    await suite.mustTdock(["buildx", "build", "-q", "--load", "--builder=default", "-t", "by-buildx", folder]);

    expect(await suite.mustTdock(["buildx", "version"])).toMatch(/ v\d+\.\d+\.\d+ tdock$/);
    expect(await suite.mustTdock(["image", "inspect", "-f", "{{.Config.Labels.by}}", "by-buildx"])).toBe("buildx");
    expect((await suite.tdock(["buildx", "build", "--call=check", folder])).exitCode).toBe(0);
  });

  it("answers Debian's docker with the classic builder", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nCOPY f /\nRUN cat /f\nCMD cat /f\n", f: "for docker\n" });

    const built = await runProgram("/usr/bin/docker", ["build", "-t", "classic", "--cache-from=other", folder], {
      env: { DOCKER_HOST: `unix://${suite.tdockd.layout.socket}`, DOCKER_BUILDKIT: "0" },
    });

    expect(built.stdout).toContain("for docker");
    expect(built.stdout).toContain("Successfully tagged classic:latest");
    expect(built.stdout).toContain("WARNING: the cache is not used");
    expect(await run("classic")).toBe("for docker");
  });
});
