import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

/** A feature, lines of a Dockerfile that use it, what the shell command prints in the image, and flags of the build. */
type Case = readonly [feature: string, lines: string, command: string, printed: string, ...flags: string[]];

const cases: readonly Case[] = [
  ["another escape character", "# escape=`\nFROM BASE\nRUN echo a `\n  b > /f", "cat /f", "a b"],
  ["here-documents of RUN", "FROM BASE\nRUN <<EOF\necho one > /f\necho two >> /f\nEOF", "cat /f", "one\ntwo"],
  [
    "a here-document with an interpreter",
    "FROM BASE\nRUN <<EOF\n#!/bin/cat\ntext\nEOF\nRUN echo done > /f",
    "cat /f",
    "done",
  ],
  [
    "several here-documents, of which the last command counts",
    "FROM BASE\nRUN <<A cat > /f && cat <<B >> /f\none\nA\ntwo\nB\nRUN <<EOF\nfalse\ntrue\nEOF",
    "cat /f",
    "one\ntwo",
  ],
  [
    "here-documents of COPY and ADD",
    "FROM BASE\nENV V=1\nCOPY <<one <<'two' /d/\nis $V\none\nis $V\ntwo\nADD --chmod=600 <<-f /f\n\ttabs\nf",
    "cat /d/one /d/two /f; stat -c %a /f",
    "is 1\nis $V\ntabs\n600",
  ],
  ["a stage by its number", "FROM BASE\nRUN echo 0 > /n\nFROM BASE\nCOPY --from=0 /n /", "cat /n", "0"],
  ["COPY --from an image", "FROM scratch AS s\nFROM BASE\nCOPY --from=BASE /etc/passwd /f", "head -c4 /f", "root"],
  [
    "COPY of a folder's contents, hard links kept, into one that all may enter",
    "FROM BASE\nRUN mkdir -m 700 /o && echo 1 > /o/f && ln /o/f /o/g\nFROM BASE\nCOPY --from=0 /o /o\nCOPY sub /s",
    "stat -c %h /o/f; stat -c %a /o /s",
    "2\n755\n755",
  ],
  [
    "files of their own, whatever holds the same",
    "FROM BASE\nCOPY f /a\nCOPY f /b\nCOPY f /c/\nCOPY f /c/d",
    "stat -c %i /a /b /c/f /c/d | sort -u | wc -l",
    "4",
  ],
  ["--target", "FROM BASE AS one\nCOPY f /\nFROM scratch AS two", "cat /f", "context", "--target=one"],
  ["--target by number", "FROM BASE\nCOPY f /\nFROM scratch", "cat /f", "context", "--target=0"],
  ["FROM --platform", "FROM --platform=$BUILDPLATFORM BASE\nCOPY f /", "cat /f", "context"],
  [
    "SHELL and the exec form",
    'FROM BASE\nSHELL ["/bin/sh", "-ec"]\nRUN false || echo $0 > /f\nRUN ["touch", "/$x"]',
    "ls /f '/$x'",
    "/$x\n/f",
  ],
  ["FROM scratch", "FROM BASE AS b\nFROM scratch\nCOPY --from=b / /\nCOPY f /", "cat /f", "context"],
  ["ONBUILD", "FROM BASE AS parent\nONBUILD COPY f /from-trigger\nFROM parent", "cat /from-trigger", "context"],
  [
    "ONBUILD COPY --from and RUN --mount",
    "FROM BASE AS parent\nONBUILD COPY --from=other /o /copied\nONBUILD RUN --mount=from=other,source=/o,target=/m cp /m /mounted\n" +
      "FROM BASE AS other\nRUN echo other > /o\nFROM parent",
    "cat /copied /mounted",
    "other\nother",
  ],
  [
    "RUN --mount=type=cache from a stage, read-only and with an owner",
    "FROM BASE AS seed\nRUN mkdir /s && echo seed > /s/f\nFROM BASE\n" +
      "RUN --mount=type=cache,id=seeded,from=seed,source=/s,target=/c,uid=5,gid=6,mode=0750,ro " +
      "stat -c '%u %g %a' /c > /o; cat /c/f >> /o; touch /c/x || echo ro >> /o",
    "cat /o",
    "5 6 750\nseed\nro",
  ],
  [
    "RUN --mount=type=secret in a variable, and in a file of its own",
    "FROM BASE\nRUN --mount=type=secret,id=s,env=V test ! -e /run/secrets/s && echo $V > /o\n" +
      "RUN --mount=type=secret,id=s,env=V,target=/t,uid=5,gid=6,mode=0440 " +
      'stat -c "%u %g %a" /t >> /o; test "$V" = "$(cat /t)" && echo same >> /o\n' +
      "RUN --mount=type=secret,id=none test ! -e /run/secrets/none && echo none >> /o",
    "tail -n +2 /o; test -s /o && head -n1 /o | grep -c /",
    "5 6 440\nsame\nnone\n1",
    "--secret=id=s,env=PATH",
  ],
  [
    "RUN --security=insecure",
    "FROM BASE\nRUN --security=insecure mkdir /t && mount -t tmpfs none /t && echo mounted > /o",
    "cat /o",
    "mounted",
    "--allow=security.insecure",
  ],
  ["RUN --network=none", "FROM BASE\nRUN --network=none ls /sys/class/net > /f", "cat /f", "lo"],
  [
    "RUN --mount=type=tmpfs",
    "FROM BASE\nRUN --mount=type=tmpfs,target=/t,size=1m df -k /t | tail -1 | awk '{print $2}' > /f; touch /t/x",
    "cat /f; ls -d /t 2>/dev/null | cat",
    "1024",
  ],
  [
    "RUN --mount=type=bind",
    "FROM BASE\nRUN --mount=target=/c,rw touch /c/new && ls /c > /f && ! test -e /new",
    "cat /f",
    "Dockerfile\narchive.tar\nf\nnew\nsub",
  ],
  ["COPY --link", "FROM BASE\nRUN ln -s /tmp /link\nCOPY --link f /link/f", "ls /link; ls -d /link", "f\n/link"],
  [
    "COPY --parents and wildcards",
    "FROM BASE\nCOPY --parents ./sub/*/deep* /all/",
    "cd /all && find . -type f",
    "./sub/a/deep.c",
  ],
  ["COPY --exclude", "FROM BASE\nCOPY --exclude=*.o --exclude=a sub /all", "ls -A /all", "top.c"],
  ["COPY --chown and --chmod", "FROM BASE\nCOPY --chown=7:8 --chmod=u=rw,go= f /", "stat -c '%u %g %a' /f", "7 8 600"],
  [
    "ADD of an archive, and --unpack=false",
    "FROM BASE\nADD archive.tar /out/\nADD --unpack=false archive.tar /",
    "ls /out /archive.tar",
    "/archive.tar\n\n/out:\npacked",
  ],
  [
    "archives by what they are, whatever they are called",
    "FROM BASE\nCOPY archive.tar /x\nRUN mkdir d && gzip -c /x > /d/no-name\nFROM BASE\nCOPY --from=0 /d/no-name /",
    "gzip -dc /no-name | tar -t",
    "packed",
  ],
  ["--add-host", "FROM BASE\nRUN grep other /etc/hosts > /f", "cut -c1-7 /f", "1.2.3.4", "--add-host=other:1.2.3.4"],
  ["--network=none", "FROM BASE\nRUN ls /sys/class/net > /f", "cat /f", "lo", "--network=none"],
  ["--ulimit", "FROM BASE\nRUN ulimit -n > /f", "cat /f", "1000", "--ulimit=nofile=1000:1000"],
  ["--shm-size", "FROM BASE\nRUN df -k /dev/shm | tail -1 | awk '{print $2}' > /f", "cat /f", "2048", "--shm-size=2m"],
  ["files that came into a VOLUME", "FROM BASE\nVOLUME /v\nRUN mkdir -p /v && echo kept > /v/f", "cat /v/f", "kept"],
];

systemSuite("the Dockerfile's features", (suite) => {
  const contextOf = async (lines: string) => {
    const files = { f: "context\n", "sub/a/deep.c": "", "sub/a/deep.o": "", "sub/top.c": "", "sub/top.o": "" };
    const folder = await buildContext(suite, {
      Dockerfile: `${lines.replace("deep* ", "deep*.c ")}\n`,
      ...files,
      packed: "packed",
    });
    await mustRun("tar", ["-C", folder, "--remove-files", "-c", "-f", join(folder, "archive.tar"), "packed"]);
    return folder;
  };

  afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

  it.each(cases)("offers %s", async (_, lines, command, printed, ...flags) => {
    await suite.mustTdock(["build", "-q", "-t", "feature", ...flags, await contextOf(lines)]);

    expect(await suite.mustTdock(["run", "--rm", "feature", "sh", "-c", command])).toBe(printed);
  });

  it("records what describes containers", async () => {
    const lines = `FROM BASE
ENV A=1 B="2 3"
LABEL x=y legacy value
MAINTAINER someone
EXPOSE 80/tcp 53/udp
USER 1:2
STOPSIGNAL SIGUSR1
ENTRYPOINT ["/bin/echo"]
CMD ["hi"]
HEALTHCHECK --interval=5s --retries=2 CMD true`.replace(" legacy value", "");
    await suite.mustTdock(["build", "-q", "-t", "feature", await contextOf(lines)]);

    const [{ Config: config, Author: author }] = JSON.parse(await suite.mustTdock(["image", "inspect", "feature"]));

    expect(author).toBe("someone");
    expect(config).toMatchObject({
      ...{ User: "1:2", StopSignal: "SIGUSR1", Entrypoint: ["/bin/echo"], Cmd: ["hi"], Labels: { x: "y" } },
      ...{ ExposedPorts: { "80/tcp": {}, "53/udp": {} }, Healthcheck: { Interval: 5e9, Retries: 2 } },
    });
    expect(config.Env).toEqual(expect.arrayContaining(["A=1", "B=2 3"]));
  });

  it("takes back what a base image or a stage says", async () => {
    const lines = `FROM BASE AS base
ENTRYPOINT ["/bin/echo"]
CMD ["hi"]
HEALTHCHECK CMD true
FROM base
ENTRYPOINT ["/bin/cat"]
HEALTHCHECK NONE
LABEL from=file`;
    await suite.mustTdock(["build", "-q", "-t", "feature", "--label=from=flag", await contextOf(lines)]);

    const [{ Config: config }] = JSON.parse(await suite.mustTdock(["image", "inspect", "feature"]));

    expect(config).toMatchObject({
      Entrypoint: ["/bin/cat"],
      Healthcheck: { Test: ["NONE"] },
      Labels: { from: "flag" },
    });
    expect(config.Cmd ?? []).toEqual([]);
  });

  it("begins with nothing but a PATH, in the root folder, FROM scratch", async () => {
    await suite.mustTdock(["build", "-q", "-t", "feature", await contextOf("FROM scratch\nCOPY f /")]);

    const [{ Config: config }] = JSON.parse(await suite.mustTdock(["image", "inspect", "feature"]));

    expect(config).toMatchObject({ WorkingDir: "/", Env: [expect.stringMatching(/^PATH=/)] });
  });

  it("builds the stages anew that --no-cache-filter names, and no others", async () => {
    const lines = "FROM BASE AS one\nRUN echo 1\nFROM BASE AS Two\nRUN echo 2\nFROM one\nCOPY --from=two /bin/true /";
    const context = await contextOf(lines);
    const build = async (...flags: string[]) => suite.tdock(["build", "--progress=plain", ...flags, context]);
    await build();

    const { stderr } = await build("--no-cache-filter=two");

    expect(stderr).toMatch(/RUN echo 1\n#\d+ CACHED/);
    expect(stderr).toMatch(/RUN echo 2\n#\d+ not cached: the cache was not to be used/);
  });

  it("shows all that a step prints, however much", async () => {
    const context = await contextOf("FROM BASE\nRUN seq 1 500000");

    const { stderr } = await suite.tdock(["build", "--progress=plain", context]);

    expect(stderr).toMatch(/ 1\n/);
    expect(stderr.match(/^#\d+ [\d.]+ \d+$/gm)).toHaveLength(500_000);
  });

  it("does not give a step more than was allowed", async () => {
    const asked = async (flag: string, ...flags: string[]) =>
      suite.tdock(["build", ...flags, await contextOf(`FROM BASE\nRUN ${flag} echo`)]);

    expect((await asked("--network=host")).stderr).toContain("--allow network.host");
    expect((await asked("--security=insecure")).stderr).toContain("--allow security.insecure");
    expect((await asked("--network=host", "--allow=network.host")).exitCode).toBe(0);
    expect((await asked("--network=host")).stderr).toContain("--allow network.host");
  });

  it.each([
    ["RUN --device", "FROM BASE\nRUN --device=x true", "Dockerfile:2:5: unknown flag: --device"],
    ["INCLUDE", "FROM BASE\nINCLUDE other", "Dockerfile:2:1: unknown instruction: INCLUDE"],
    ["a directive that is given twice", "# escape=`\n# escape=`\nFROM BASE", "only one escape parser directive"],
  ])("refuses %s", async (_, lines, problem) => {
    expect((await suite.tdock(["build", await contextOf(lines)])).stderr).toContain(problem);
  });

  it("follows .dockerignore's rules, the Dockerfile's own file first", async () => {
    const names = ["a.o", "b.md", "README.md", "sub/a.o", "sub/deep/b.md", "out/x/keep", "out/y", "#hash", "lit.x+y"];
    const ignored =
      "\u{FEFF}# a comment\n\n /out/ \n!out/x/keep\n**/*.o\n*.md\n!README*\n sub/./deep/../deep\nlit.x+?\n";
    const folder = await buildContext(suite, {
      ...Object.fromEntries(names.map((name) => [name, ""])),
      ...{ Dockerfile: "FROM BASE\nCOPY . /all\n", ".dockerignore": ignored },
      ...{ "other.Dockerfile": "FROM BASE\nCOPY . /all\n", "other.Dockerfile.dockerignore": "*\n!sub/a.o\n" },
    });
    const listed = async (file: string) => {
      await suite.mustTdock(["build", "-q", "-t", "feature", "-f", join(folder, file), folder]);
      const command = "cd /all && find . -type f | sort";
      return (await suite.mustTdock(["run", "--rm", "feature", "sh", "-c", command])).split("\n");
    };

    const all = ["./#hash", "./.dockerignore", "./Dockerfile", "./README.md", "./other.Dockerfile"];
    expect(await listed("Dockerfile")).toEqual([...all, "./other.Dockerfile.dockerignore", "./out/x/keep"]);
    expect(await listed("other.Dockerfile")).toEqual(["./sub/a.o"]);
  });
});
