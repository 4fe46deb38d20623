import { afterAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { systemSuite } from "../harness/suite.ts";

/** A rule, a Dockerfile that breaks it, and what is said in which line. */
type Case = readonly [rule: string, dockerfile: string, line: number, message: string];

const cases: readonly Case[] = [
  ["StageNameCasing", "FROM BASE AS Upper", 1, "Stage name 'Upper' should be lowercase"],
  ["FromAsCasing", "FROM BASE as x", 1, "'as' and 'FROM' keywords' casing do not match"],
  ["NoEmptyContinuation", "FROM BASE\nRUN a \\\n\n b", 3, "Empty continuation line"],
  ["ConsistentInstructionCasing", "FROM BASE\nCOPY f /\nrun x", 3, "Command 'run' should match the case"],
  ["DuplicateStageName", "FROM BASE AS x\nFROM BASE AS x", 2, 'Duplicate stage name "x"'],
  ["ReservedStageName", "FROM BASE AS scratch", 1, 'reserved stage "scratch"'],
  ["JSONArgsRecommended", "FROM BASE\nCMD run it", 2, "JSON arguments recommended for CMD"],
  ["MaintainerDeprecated", "FROM BASE\nMAINTAINER x", 2, "in favor of using label"],
  ["UndefinedArgInFrom", `FROM BASE\${TAGG}`, 1, "FROM argument 'TAGG' is not declared"],
  ["WorkdirRelativePath", "FROM BASE\nWORKDIR app/", 2, 'Relative workdir "app/"'],
  ["UndefinedVar", "FROM BASE\nCOPY $DIR/f /", 2, "undefined variable '$DIR'"],
  ["MultipleInstructionsDisallowed", 'FROM BASE\nCMD ["a"]\nCMD ["b"]', 2, "Multiple CMD instructions"],
  ["LegacyKeyValueFormat", "FROM BASE\nENV key value", 2, '"ENV key=value" should be used'],
  ["InvalidBaseImagePlatform", "FROM --platform=linux/s390x$X BASE", 1, 'expected "linux/s390x"'],
  ["RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM BASE", 1, "$TARGETPLATFORM in FROM is redundant"],
  ["SecretsUsedInArgOrEnv", "FROM BASE\nARG MY_TOKEN", 2, 'sensitive data (ARG "MY_TOKEN")'],
  ["InvalidDefaultArgInFrom", `ARG TAG\nFROM BASE:\${TAG}`, 2, "results in empty or invalid base image name"],
  ["FromPlatformFlagConstDisallowed", "FROM --platform=linux/amd64 BASE", 1, 'constant value "linux/amd64"'],
  ["CopyIgnoredFile", "FROM BASE\nADD ignored /", 2, 'Attempting to Add file "ignored" that is excluded'],
  ["ExposeProtoCasing", "FROM BASE\nEXPOSE 80/TCP", 2, "'80/TCP' in EXPOSE instruction should be lowercase"],
  ["ExposeInvalidFormat", "FROM BASE\nEXPOSE 127.0.0.1:80:80", 2, "found '127.0.0.1:80:80'"],
  [
    "InvalidDefinitionDescription",
    "# check=experimental=all\n# a comment\nFROM BASE AS x",
    3,
    "Comment for FROM should follow the format: `# x <description>`",
  ],
];

systemSuite("checks of a Dockerfile", (suite) => {
  const contextOf = (dockerfile: string) =>
    buildContext(suite, { Dockerfile: `${dockerfile}\n`, ".dockerignore": "ignored\n", ignored: "", f: "" });
  const check = async (dockerfile: string, ...flags: string[]) =>
    suite.tdock(["build", "--progress=plain", "--check", ...flags, await contextOf(dockerfile)]);
  const rulesIn = (text: string) => [...text.matchAll(/^WARN: (\w+):/gm)].map(([, rule]) => rule);

  afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

  it.each(cases)("know the rule %s", async (rule, dockerfile, line, message) => {
    const { stderr } = await check(dockerfile);

    const said = stderr.split("\n").filter((text) => text.startsWith(`WARN: ${rule}: `));
    expect(said).toEqual([expect.stringContaining(message)]);
    expect(said[0]).toMatch(new RegExp(`\\(Dockerfile:${line}\\)$`));
  });

  it("run no step, and look into stages that nothing needs", async () => {
    const { exitCode, stderr } = await check("FROM BASE AS unused\nWORKDIR x\nRUN exit 1\nFROM BASE\nRUN exit 1");

    expect(exitCode).toBe(0);
    expect(stderr).not.toContain("RUN exit 1");
    expect(rulesIn(stderr)).toEqual(["WorkdirRelativePath"]);
  });

  it("follow # check=, for the file and for one instruction", async () => {
    const broken = "FROM BASE as x\nWORKDIR y";
    const all = await check(broken);
    const one = await check(`# check=skip=FromAsCasing\n${broken}`);
    const none = await check(`# check=skip=all\n${broken}`);
    const above = await check("FROM BASE as x\n# check=skip=WorkdirRelativePath\nWORKDIR y");
    const wrong = await check(`# check=skip\n${broken}`);

    expect(rulesIn(all.stderr).sort()).toEqual(["FromAsCasing", "WorkdirRelativePath"]);
    expect(rulesIn(one.stderr)).toEqual(["WorkdirRelativePath"]);
    expect(rulesIn(none.stderr)).toEqual([]);
    expect(rulesIn(above.stderr)).toEqual(["FromAsCasing"]);
    expect(wrong.stderr).toContain('invalid check option "skip"');
  });

  it("fail a build with error=true, and else only tell", async () => {
    const build = async (dockerfile: string) => suite.tdock(["build", "--progress=plain", await contextOf(dockerfile)]);

    const failed = await build("# check=error=true\nFROM BASE as x");
    const told = await build("FROM BASE as x");

    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain("lint violation found for rules: FromAsCasing");
    expect(told.exitCode).toBe(0);
    expect(rulesIn(told.stderr)).toEqual(["FromAsCasing"]);
  });

  it("say why a file is missing before the build fails for it", async () => {
    const { exitCode, stderr } = await suite.tdock([
      "build",
      "--progress=plain",
      await contextOf("FROM BASE\nCOPY ignored /"),
    ]);

    expect(exitCode).toBe(1);
    expect(rulesIn(stderr)).toEqual(["CopyIgnoredFile"]);
  });
});
