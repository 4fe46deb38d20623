import { afterAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { systemSuite } from "../harness/suite.ts";

/** A rule, lines of a Dockerfile that show it, what they print into /f, and flags of the build. */
type Case = readonly [rule: string, lines: string, printed: string, ...flags: string[]];

const machine = process.arch === "x64" ? "amd64" : process.arch;

const cases: readonly Case[] = [
  ["an ARG with no value keeps a stage's own default", "ARG A=1 B\nRUN echo $A-$B > /f", "1-"],
  ["--build-arg goes before a default", "ARG A=1 B\nRUN echo $A-$B > /f", "x-y", "--build-arg=A=x", "--build-arg=B=y"],
  ["an ARG is not there before its line", `RUN echo \${A-none} > /f\nARG A=1\nRUN echo $A >> /f`, "none\n1"],
  ["ENV goes before an ARG of its name", "ARG A=arg\nENV A=env\nRUN echo $A > /f", "env", "--build-arg=A=x"],
  ["an instruction sees what was before it", "ENV A=old\nENV A=new B=$A\nRUN echo $A-$B > /f", "new-old"],
  ["quotes and escapes", 'ENV A=1\nENV B=\'$A\' C="$A" D=\\$A E=a\\ b\nRUN echo "$B $C $D $E" > /f', "$A 1 $A a b"],
  ["a stage has the ARGs of the stage it stands on", "ARG A=1\nFROM first\nRUN echo $A > /f", "1"],
  ["an ARG of one stage is not one of another", `ARG A=1\nFROM BASE\nRUN echo \${A-none} > /f`, "none"],
  ["the exec form is not expanded", 'ENV A=1\nRUN ["sh", "-c", "echo $0 > /f", "$A"]', "$A"],
  [
    "platform variables, once they are declared",
    `RUN echo \${TARGETOS-none} > /f\nARG TARGETPLATFORM TARGETOS TARGETARCH BUILDPLATFORM BUILDOS BUILDARCH\n` +
      "RUN echo $TARGETPLATFORM $TARGETOS $TARGETARCH $BUILDPLATFORM $BUILDOS $BUILDARCH >> /f",
    `none\nlinux/${machine} linux ${machine} linux/${machine} linux ${machine}`,
  ],
  [
    "proxy variables, undeclared",
    "RUN echo $HTTP_PROXY $http_proxy $no_proxy $NO_PROXY > /f",
    "http://p:1 http://p:1 x x",
    "--build-arg=HTTP_PROXY=http://p:1",
    "--build-arg=no_proxy=x",
  ],
  ["BUILDKIT_SANDBOX_HOSTNAME", "RUN hostname > /f", "elsewhere", "--build-arg=BUILDKIT_SANDBOX_HOSTNAME=elsewhere"],
];

systemSuite("variables of a Dockerfile", (suite) => {
  const build = async (dockerfile: string, ...flags: string[]) => {
    const folder = await buildContext(suite, { Dockerfile: dockerfile, f: "", dir: "" });
    const { exitCode, stderr } = await suite.tdock(["build", "--progress=plain", "-t", "variables", ...flags, folder]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    return stderr;
  };
  const run = (...command: string[]) => suite.mustTdock(["run", "--rm", "variables", ...command]);
  const inspect = async () => JSON.parse(await suite.mustTdock(["image", "inspect", "variables"]))[0];

  afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

  it.each(cases)("follow the rule: %s", async (_, lines, printed, ...flags) => {
    await build(`FROM BASE AS first\n${lines}\n`, ...flags);

    expect(await run("cat", "/f")).toBe(printed);
  });

  it("are those of before the first FROM in FROM, and in a stage only when it says so", async () => {
    const dockerfile = `ARG A=BASE B=2\nFROM $A\nRUN echo \${B-none} > /f\nARG B\nRUN echo $B >> /f\n`;

    await build(dockerfile);
    const first = await run("cat", "/f");
    await build(dockerfile, "--build-arg=B=3");

    expect([first, await run("cat", "/f")]).toEqual(["none\n2", "none\n3"]);
  });

  it("are expanded in every instruction that takes them", async () => {
    await build(`ARG from=BASE
FROM $from
ARG n=1 name=f port=80 path=/v
ENV E=\${n}x
LABEL l-$n=$n
COPY $name /copied-$n
ADD $name /added-$n
EXPOSE $port/udp
VOLUME $path
WORKDIR /w$n
STOPSIGNAL \${n}5
USER $n
ONBUILD COPY $name /
`);

    const { Config: config } = await inspect();
    expect(config).toMatchObject({
      ...{ User: "1", WorkingDir: "/w1", StopSignal: "15", Labels: { "l-1": "1" }, Volumes: { "/v": {} } },
      ...{ ExposedPorts: { "80/udp": {} }, OnBuild: ["COPY $name /"] },
    });
    expect(config.Env).toContain("E=1x");
    expect(await run("ls", "/copied-1", "/added-1")).toBe("/added-1\n/copied-1");
  });

  it("leave no trace of a proxy, and cached what was made with another", async () => {
    const dockerfile = "FROM BASE\nRUN test -n $https_proxy\n";
    const proxy = (name: string) => `--build-arg=https_proxy=http://${name}`;
    await build(dockerfile, proxy("one"), "--no-cache");

    const again = await build(dockerfile, proxy("two"));

    expect(again).toContain("CACHED");
    expect(JSON.stringify(await inspect())).not.toContain("http://");
    expect(await suite.mustTdock(["history", "--no-trunc", "variables"])).not.toContain("proxy=");
  });

  it("count as input when an ARG declares them, a proxy's too", async () => {
    const Dockerfile = "FROM BASE\nARG https_proxy\nRUN test -n $https_proxy\n";
    const folder = await buildContext(suite, { Dockerfile });
    const declared = (name: string, ...flags: string[]) =>
      suite.tdock(["build", "--progress=plain", `--build-arg=https_proxy=http://${name}`, ...flags, folder]);
    await declared("one", "--no-cache");

    expect((await declared("two")).stderr).toContain("not cached: ARG https_proxy http://one -> http://two");
  });

  it("keep cache mounts of different projects apart with BUILDKIT_CACHE_MOUNT_NS", async () => {
    const dockerfile = "FROM BASE\nRUN --mount=type=cache,target=/c echo x >> /c/f && wc -l < /c/f > /f\n";
    const linesIn = async (project: string) => {
      await build(dockerfile, "--no-cache", `--build-arg=BUILDKIT_CACHE_MOUNT_NS=${project}`);
      return run("cat", "/f");
    };

    expect([await linesIn("one"), await linesIn("one"), await linesIn("two")]).toEqual(["1", "2", "1"]);
  });

  it("take SOURCE_DATE_EPOCH from the Dockerfile, too", async () => {
    await build("ARG SOURCE_DATE_EPOCH=1234567890\nFROM BASE\nCOPY f /\n");

    expect((await inspect()).Created).toMatch(/^2009-02-13T23:31:30/);
    expect(await run("stat", "-c", "%Y", "/f")).toBe("1234567890");
  });
});
