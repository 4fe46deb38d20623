import { afterAll, beforeAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { mustRun, runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";
import { type DockerDaemon, startDockerDaemon } from "./docker-daemon.ts";

/** Of the package docker.io; another docker may come before it on PATH. */
const dockerCommand = "/usr/bin/docker";

/** Lines after a FROM that people get wrong, or builders do. The files of the context are below. */
const lines: readonly string[] = [
  'CMD [ "echo",   "a b" ]\nENTRYPOINT [\'single\']',
  'CMD ["x"]\nENTRYPOINT echo hi\nONBUILD RUN echo   a\nONBUILD ENV x=$y',
  'ENTRYPOINT ["x"]\nCMD ["y"]\nENTRYPOINT []\nCMD []',
  `ENV a b c  d \nENV e=b\\ c f="e f" g='h i' j="x\\"y" k= l=$PATH:/x m='$a' n="\${a}z" o=a=b p=\\\\x q=\\$x`,
  `ENV a=1 b=2\nENV a=3\nENV c=\${a:-x}\${zz:-y}\${b:+w}\${zz:+q}\nENV PATH /y:$PATH`,
  'LABEL "com.x"="y z" a=b multi="l1 \\\n  l2" c=\'d"e\'\nLABEL legacy some text\nLABEL a=2',
  "COPY sub /x\nCOPY sub /y/\nCOPY sub f /z/\nCOPY f /p/q/r\nWORKDIR /w\nCOPY f rel\nCOPY f ./reldir/\nCOPY . .",
  "WORKDIR /a\nWORKDIR b\nWORKDIR ../c\nUSER 5:6\nWORKDIR d/e\nRUN pwd > /tmp/p",
  'VOLUME /a /b\nVOLUME ["/c", "/d e"]\nEXPOSE 80 443/tcp 53/udp 8000-8002\nSTOPSIGNAL 9\nMAINTAINER A B <c@d>',
  'HEALTHCHECK --interval=1m30s --timeout=3s --retries=5 CMD x || exit 1\nSHELL ["/bin/sh", "-xc"]\nCMD hi there',
  "COPY *.c s?b/f* /w/\nCOPY [ab].c /x/\nCOPY sub/* /y/\nCOPY sub/. /a/.\nCOPY /f /sub/../a.c /abs/",
  "COPY --chown=1:2 sub /a\nCOPY --chown=nobody f /b\nCOPY --chown=nobody:root f /c\nCOPY --chown=7 f /d",
  "RUN mkdir /real && ln -s /real /lnk && ln -s /real/file /flnk\nCOPY f /lnk/\nCOPY f /flnk\nCOPY sub /lnk",
  "RUN ln -s ../../../../../../tmp /esc && mkdir /f\nCOPY f /esc/x\nCOPY f /f\nCOPY sub /etc/",
  "RUN rm /etc/group && rm -r /home && mkdir /home && touch /home/new && mv /var /var2\nRUN rm -rf /var2 /home\nCOPY f /home",
  "RUN echo a \\\n# comment\n\n   b \\\n  # other\n && echo c > /f\nENV x=1 \\   \n y=2",
  "RUN\techo a > /f\n\tENV\ta\tb\nUSER a b\nWORKDIR /a b",
  `COPY ["f", "a.c", "/d e/"]\nADD ["sub", "/s s"]\nENV d=sub e=/dst\nCOPY $d \${e}/\nCOPY \${d}/f $e/two`,
  `ARG A=1 \nARG B=\${A}y C\nENV E=$B$C\nRUN touch /$B`,
  'RUN echo "a  b" \'c  d\' > /f && echo "\\$HOME" >> /f\nRUN ["sh", "-c", "echo $0 $1 > /o", "a b", "c"]',
];

/** Lines that are refused, and words with which both say why. */
const refused: readonly (readonly [lines: string, words: string])[] = [
  ["ENV a=1 # b", 'can\'t find = in "#"'],
  ["ENV a", "ENV must have two arguments"],
  ["ENV =b", "ENV names can not be blank"],
  ["LABEL a=b c", 'can\'t find = in "c"'],
  ["FOO bar", "unknown instruction: FOO"],
  ["COPY x", "COPY requires at least two arguments, but only one was provided"],
  ["FROM a b", "FROM requires either one or three arguments"],
  ["FROM a AS 1x", 'invalid name for build stage: "1x"'],
  ["EXPOSE abc", "invalid containerPort: abc"],
  ["VOLUME []", "VOLUME requires at least one argument"],
  ["ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
  ["SHELL /bin/sh", "SHELL requires the arguments to be in JSON form"],
  ["STOPSIGNAL NOPE", "invalid signal: NOPE"],
  ["HEALTHCHECK --interval=0.5us CMD x", 'Interval "interval" cannot be less than 1ms'],
  ["RUN --mount=type=nope,target=/x true", 'unsupported mount type "nope"'],
  ["USER nosuch\nRUN id", "unable to find user nosuch"],
  ["COPY --from=5 /a /b", "invalid stage index 5"],
  ["COPY nosuch /w/", "nosuch"],
];

systemSuite("Dockerfiles built by Debian's dockerd, too", (suite) => {
  let daemon: DockerDaemon;
  let context: string;
  const engines = () => [daemon.env, suite.tdockd.clientEnv].map((env) => ({ ...env, DOCKER_BUILDKIT: "1" }));
  const docker = (env: Readonly<Record<string, string>>, args: readonly string[], stdin = "") =>
    runProgram(dockerCommand, args, { env, stdin });
  const build = (env: Readonly<Record<string, string>>, text: string) =>
    docker(env, ["build", "--network=none", "-t", "oracle", "-f", "-", context], `FROM ${suite.busybox}\n${text}\n`);

  /** What there is to see of an image: what it says of containers, and names, kinds, modes and owners of its files. */
  const seen = async (env: Readonly<Record<string, string>>, text: string) => {
    const { exitCode, stderr } = await build(env, text);
    if (exitCode !== 0) return { stderr };
    const [{ Config, Author }] = JSON.parse((await docker(env, ["image", "inspect", "oracle"])).stdout);
    const id = (await docker(env, ["create", "oracle", "x"])).stdout.trim();
    const script = `${dockerCommand} export ${id} | tar -tv --numeric-owner --full-time --exclude=./`;
    const listing = await mustRun("sh", ["-c", script], { env });
    await docker(env, ["rm", id]);
    return { author: Author, config: said(Config), files: listing.split("\n").flatMap(fileOf).sort() };
  };

  beforeAll(async () => {
    daemon = await startDockerDaemon();
    context = await buildContext(suite, { f: "f\n", "a.c": "a", "b.c": "b", "sub/f": "sf", "sub/deep/h": "h" });
    await docker(daemon.env, ["pull", "-q", suite.busybox]);
  }, 60_000);

  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
  }, 60_000);

  it.each(lines)("come out the same: %j", async (text) => {
    const [theirs, ours] = await Promise.all(engines().map((env) => seen(env, text)));

    expect(theirs).toHaveProperty("files");
    expect(ours).toEqual(theirs);
  });

  it.each(refused)("are refused for the same reason: %j", async (text, words) => {
    const outcomes = await Promise.all(engines().map((env) => build(env, text)));

    for (const { exitCode, stderr } of outcomes) {
      expect(exitCode).toBe(1);
      expect(stderr.toLowerCase()).toContain(words.toLowerCase());
    }
  });
});

/** What is left out says the same as what is empty; dockerd adds members that are about containers. */
function said(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { Image: _, Hostname: __, ...rest } = config;
  const isEmpty = (value: unknown) => !value || (typeof value === "object" && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => !isEmpty(value)));
}

/** The base's programs, and what engines put into containers of their own accord, are not compared. */
const engineFiles = /^(?:bin|usr\/bin|dev|proc|sys)\/|^\.\/|^\.dockerenv|^etc\/(?:hosts|hostname|resolv\.conf|mtab)/;

function fileOf(line: string): string[] {
  const [, mode, owner, path = ""] = /^(\S+)\s+(\S+)\s+\S+\s+\S+\s+\S+\s+(.*)$/.exec(line) ?? [];
  return path === "" || engineFiles.test(path)
    ? []
    : [`${mode?.replace(/^h/, "-")} ${owner} ${path.replace(/ link to .*/, "")}`];
}
