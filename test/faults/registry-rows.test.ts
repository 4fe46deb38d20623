import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { CliRow } from "../e2e/cli-rows.ts";
import { archiveRows, buildRows, distributionRows, hostileRegistryRows, registryFaultRows } from "./registry-rows.ts";

const tests = new URL("../", import.meta.url);

describe.each([
  ["what archives of strangers try", archiveRows],
  ["what builds of strangers try", buildRows],
  ["what registries try on those who pull", hostileRegistryRows],
  ["what fails in registries and on the way to them", registryFaultRows],
  ["what the distribution specification asks of clients", distributionRows],
])("%s", (_, rows) => {
  it("is in tests that there are, once each", async () => {
    const missing = await Promise.all(rows.map(async (row) => ((await isThere(row)) ? [] : [row])));
    const names = rows.map(({ row }) => row);

    expect(missing.flat()).toEqual([]);
    expect(names).toEqual([...new Set(names)]);
  });
});

it.each([
  ["A", 13, archiveRows],
  ["C", 15, hostileRegistryRows],
  ["R", 10, registryFaultRows],
] as const)("each row of the catalogue has tests: %s, 1 to %i", (letter, count, rows) => {
  const named = rows.flatMap(({ row }) => /^[ACR]\d+(?= )/.exec(row)?.[0] ?? []);

  expect(new Set(named)).toEqual(new Set(Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)));
});

async function isThere({ file, test }: CliRow): Promise<boolean> {
  return (await readFile(new URL(file, tests), "utf8")).includes(`"${test}"`);
}
