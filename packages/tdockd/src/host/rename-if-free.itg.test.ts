import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { scratchFolder } from "../../../../test/harness/scratch.ts";
import { renameIfFree } from "./rename-if-free.ts";

it("renames, whatever the bytes of the name, and replaces neither file nor folder", async () => {
  await using folder = await scratchFolder("rename");
  const path = (name: string) => join(folder.path, name);
  const bytes = Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.of(0xff)]);
  await writeFile(path("one"), "one");
  await writeFile(path("other"), "other");
  await mkdir(path("folder"));

  renameIfFree(path("one"), bytes);

  expect(() => renameIfFree(path("other"), bytes)).toThrow(expect.objectContaining({ reason: "EEXIST" }));
  expect(() => renameIfFree(bytes, path("folder"))).toThrow(expect.objectContaining({ reason: "EEXIST" }));
  expect(await readFile(bytes, "utf8")).toBe("one");
  expect(await readFile(path("other"), "utf8")).toBe("other");
});
