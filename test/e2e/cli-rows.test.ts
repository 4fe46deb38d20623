import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { programs } from "../harness/instance/programs.ts";
import { mustRun } from "../harness/program.ts";
import { type CliRow, commandRows, imageCommands, imageRows, runFlagRows } from "./cli-rows.ts";
import { commandsWithFlags, containerFlagRows } from "./container-flag-rows.ts";
import { dockerfileRows } from "./dockerfile-rows.ts";
import { networkCommands, networkFlagRows } from "./network-flag-rows.ts";

const tests = new URL("../", import.meta.url);

describe.each([
  ["the flags of run and create", runFlagRows],
  ["the commands on containers", commandRows],
  ["the commands on images and registries", imageRows],
  ["the flags of the commands on containers", containerFlagRows],
  ["the flags of the commands on networks and volumes", networkFlagRows],
  ["what a Dockerfile and its build offer", dockerfileRows],
])("%s", (_, rows) => {
  it("are proved by tests that there are", async () => {
    const missing = await Promise.all(rows.map(async (row) => ((await isThere(row)) ? [] : [row])));

    expect(missing.flat()).toEqual([]);
  });

  it("stand in the table once each", () => {
    const names = rows.map(({ row }) => row);

    expect(names).toEqual([...new Set(names)]);
  });
});

describe("the flags that `tdock run --help` shows", () => {
  it("stand in the table", async () => {
    const help = await mustRun(programs.tdock, ["run", "--help"]);
    const shown = [...help.matchAll(/^ +(?:-\w, +)?(--[\w-]+)/gm)].map(([, name = ""]) => name);
    const named = new Set(runFlagRows.flatMap(({ row }) => row.match(/--[\w-]+/g) ?? []));

    expect(shown.length).toBeGreaterThan(100);
    expect(shown.filter((name) => name !== "--help" && !named.has(name))).toEqual(["--link"]);
  });
});

const flagRows = [...containerFlagRows, ...networkFlagRows];

describe.each([...commandsWithFlags, ...networkCommands])("the flags that `tdock %s --help` shows", (command) => {
  it("stand in the table", async () => {
    const help = await mustRun(programs.tdock, [...command.split(" "), "--help"]);
    const shown = [...help.matchAll(/^ +(?:-\w, +)?(--[\w-]+)/gm)].map(([, name = ""]) => `${command} ${name}`);
    const named = new Set(flagRows.map(({ row }) => row));

    // Links between containers are Docker's legacy.
    expect(shown.filter((name) => !named.has(name) && !name.endsWith(" --link"))).toEqual([]);
  });
});

describe.each(imageCommands)("the flags that `tdock %s --help` shows", (command) => {
  it("stand in the table", async () => {
    const help = await mustRun(programs.tdock, [...command.split(" "), "--help"]);
    const shown = [...help.matchAll(/^ +(?:(-\w), +)?(--[\w-]+)/gm)].filter(([, , long]) => long !== "--help");
    const named = new Set(imageRows.map(({ row }) => row));

    expect(help).toContain("Usage:");
    expect(
      shown.filter(([, short, long]) => !named.has(`${command} ${short}`) && !named.has(`${command} ${long}`)),
    ).toEqual([]);
  });
});

async function isThere({ file, test }: CliRow): Promise<boolean> {
  const text = await readFile(new URL(file, tests), "utf8");
  return ['"', "`"].some((quote) => text.includes(`${quote}${test}${quote}`));
}
