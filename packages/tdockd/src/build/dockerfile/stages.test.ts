import { describe, expect, it } from "vitest";
import { parseDockerfile } from "./stages.ts";

function instructionsOf(text: string) {
  return parseDockerfile("Dockerfile", text).stages.flatMap(({ instructions }) =>
    instructions.map(({ line: _, ...body }) => body),
  );
}

describe("parseDockerfile", () => {
  it.each([
    ["FROM a\nFRM b", "Dockerfile:2:1: unknown instruction: FRM (did you mean FROM?)"],
    ["FROM a\nRUN --mout=x y", "Dockerfile:2:5: unknown flag: --mout"],
    ["FROM a\nCOPY \\\n  --chwn=1 x y", "Dockerfile:3:3: unknown flag: --chwn (did you mean chown?)"],
    ["FROM a\nCOPY --link=maybe x y", "Dockerfile:2:6: expecting boolean value for flag --link, not: maybe"],
    ["FROM a\nCOPY --from=a --from=b x y", "Dockerfile:2:15: duplicate flag specified: --from"],
    ["FROM a\nCOPY x", "Dockerfile:2:6: COPY requires at least two arguments"],
    ["FROM a\nENV a=b =c", "Dockerfile:2:9: ENV names can not be blank"],
    ["FROM a\nENV a", "Dockerfile:2:5: ENV must have two arguments"],
    ["FROM a\nCMD [1]", "Dockerfile:2:5: when using JSON array syntax"],
    ["FROM a\nSHELL x", "Dockerfile:2:7: SHELL requires the arguments to be in JSON form"],
    ["FROM a\nRUN <<EOF\nx", "Dockerfile:2:1: unterminated heredoc <<EOF"],
    ["FROM a b", "Dockerfile:1:6: FROM requires either one or three arguments"],
    ["FROM a AS 1", "Dockerfile:1:11: invalid name for build stage"],
    ["RUN x", "Dockerfile:1:1: no build stage in current context"],
    ["ARG a", "Dockerfile:1:1: dockerfile contains no stages to build"],
    ["# x", "Dockerfile:1:1: file with no instructions"],
    [" \n", "cannot be empty"],
    ["FROM a\0", "Dockerfile:1:7: not a text file"],
    ["# escape=x\nFROM a", "Dockerfile:1:1: invalid escape token 'x'"],
    ["# escape=`\n# escape=`\nFROM a", "Dockerfile:2:1: only one escape parser directive"],
    ["FROM a\nONBUILD ONBUILD RUN x", "Chaining ONBUILD"],
    ["FROM a\nONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger"],
    ["FROM a\nRUN --network=x y", 'invalid network mode "x"'],
    ["FROM a\nHEALTHCHECK --interval=1us CMD x", 'Interval "interval" cannot be less than 1ms'],
  ])("refuses %j, saying where and why", (text, message) => {
    expect(() => parseDockerfile("Dockerfile", text)).toThrow(message);
  });

  it("joins continued lines and drops comments and blank lines between them", () => {
    expect(instructionsOf("FROM a\nRUN one \\\n# comment\n\n  two\n")).toMatchObject([
      { kind: "run", command: { form: "shell", words: ["one   two"] } },
    ]);
  });

  it("takes another escape character from the directive", () => {
    expect(instructionsOf("# escape=`\nFROM a\nCOPY a`\n b c:\\\n")).toMatchObject([
      { kind: "copy", sources: ["a", "b"], destination: "c:\\" },
    ]);
  });

  it("reads here-documents of COPY, quoted and chomped", () => {
    expect(instructionsOf("FROM a\nCOPY <<-A <<'B' /x/\n\tone\n\tA\n$two\nB\n")).toMatchObject([
      {
        kind: "copy",
        inline: [
          { name: "A", content: "one\n", expand: true },
          { name: "B", content: "$two\n", expand: false },
        ],
        destination: "/x/",
      },
    ]);
  });

  it("keeps a trigger's here-document in its text", () => {
    expect(instructionsOf("FROM a\nONBUILD COPY <<E /x\nhi\nE\n")).toEqual([
      { kind: "onbuild", trigger: "COPY <<E /x\nhi\nE" },
    ]);
  });

  it("knows arguments before the first FROM, stages and their names", () => {
    const { globalArgs, stages } = parseDockerfile(
      "Dockerfile",
      "ARG V=1\nFROM a:$V AS One\nFROM --platform=linux/arm64 b\n",
    );

    expect(globalArgs[0]?.args).toEqual([{ name: "V", value: "1" }]);
    expect(stages.map(({ from }) => [from.image, from.name, from.platform])).toEqual([
      ["a:$V", "one", ""],
      ["b", "", "linux/arm64"],
    ]);
  });

  it("reads a Dockerfile of a million bytes in one line", () => {
    const words = instructionsOf(`FROM a\nRUN ${"x ".repeat(500_000)}`);

    expect(words).toHaveLength(1);
  });

  it("refuses more instructions than any image could hold", () => {
    expect(() => parseDockerfile("Dockerfile", `FROM a\n${"RUN x\n".repeat(10_000)}`)).toThrow("more than 10000");
  });
});
