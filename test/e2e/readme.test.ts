import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { programs } from "../harness/instance/programs.ts";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const root = new URL("../../", import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, "utf8");

describe("links of the README", () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path);

  it.each([...new Set(links)])("%s is there", (path) => {
    expect(existsSync(`${root}${path}`)).toBe(true);
  });
});

systemSuite("examples of the README", (suite) => {
  const blocks = [...readme.matchAll(/^```sh examples\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const lines = blocks.flatMap((block) => block.trim().split("\n"));

  it.each(lines)("%s", async (line) => {
    const env = { ...suite.tdockd.clientEnv, PATH: `${dirname(programs.tdock)}:${process.env.PATH}` };

    const { exitCode, stderr } = await runProgram("sh", ["-c", line.replace(/\bbusybox\b/, suite.busybox)], { env });

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });
});
