import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

/** A feature, lines of a Dockerfile that use it, and what the shell command prints in the image. */
type Case = readonly [feature: string, lines: string, command: string, printed: string];

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
    "SHELL and the exec form",
    'FROM BASE\nSHELL ["/bin/sh", "-ec"]\nRUN false || echo $0 > /f\nRUN ["touch", "/$x"]',
    "ls /f '/$x'",
    "/$x\n/f",
  ],
  ["FROM scratch", "FROM BASE AS b\nFROM scratch\nCOPY --from=b / /\nCOPY f /", "cat /f", "context"],
  ["ONBUILD", "FROM BASE AS parent\nONBUILD COPY f /from-trigger\nFROM parent", "cat /from-trigger", "context"],
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

  it.each(cases)("offers %s", async (_, lines, command, printed) => {
    await suite.mustTdock(["build", "-q", "-t", "feature", await contextOf(lines)]);

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

  it("does not give a step more than was allowed", async () => {
    const asked = async (flag: string, ...flags: string[]) =>
      suite.tdock(["build", ...flags, await contextOf(`FROM BASE\nRUN ${flag} echo`)]);

    expect((await asked("--network=host")).stderr).toContain("--allow network.host");
    expect((await asked("--security=insecure")).stderr).toContain("--allow security.insecure");
    expect((await asked("--network=host", "--allow=network.host")).exitCode).toBe(0);
  });
});
