import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type CliRow, commandRows, runFlagRows } from "./cli-rows.ts";
import { dockerfileRows } from "./dockerfile-rows.ts";

const tests = new URL("../", import.meta.url);

describe.each([
  ["the flags of run and create", runFlagRows],
  ["the commands on containers", commandRows],
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

async function isThere({ file, test }: CliRow): Promise<boolean> {
  const text = await readFile(new URL(file, tests), "utf8");
  return ['"', "`"].some((quote) => text.includes(`${quote}${test}${quote}`));
}
