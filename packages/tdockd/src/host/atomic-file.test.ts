import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  isTemporaryName,
  readFileIfExists,
  removeFile,
  rewriteFileSync,
  writeFileAtomic,
  writeFileAtomicSync,
} from "./atomic-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "atomic-file-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("writeFileAtomic", () => {
  it("replaces the file whole, with mode 0600, and leaves nothing beside it", async () => {
    const path = join(folder, "record.json");
    await writeFileAtomic(path, "a".repeat(100_000));

    await writeFileAtomic(path, "new");

    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["record.json"]);
  });

  it("leaves the old file when it cannot write", async () => {
    const path = join(folder, "x", "record.json");

    await expect(writeFileAtomic(path, "new")).rejects.toMatchObject({ code: "ENOENT" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("lets the last of many writers win, whole", async () => {
    const path = join(folder, "record.json");
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(5000));

    await Promise.all(texts.map((text) => writeFileAtomic(path, text, { durable: false })));

    expect(texts).toContain(readFileSync(path, "utf8"));
    expect(readdirSync(folder)).toEqual(["record.json"]);
  });
});

describe("writeFileAtomicSync", () => {
  it("writes bytes", () => {
    writeFileAtomicSync(join(folder, "a"), new Uint8Array([1, 2]), { mode: 0o644, durable: false });

    expect([...readFileSync(join(folder, "a"))]).toEqual([1, 2]);
  });
});

describe("rewriteFileSync", () => {
  it("keeps the inode, so that a bind mount shows the new text", () => {
    const path = join(folder, "hosts");
    rewriteFileSync(path, "old and longer");
    const before = statSync(path).ino;

    rewriteFileSync(path, "new");

    expect(statSync(path).ino).toBe(before);
    expect(readFileSync(path, "utf8")).toBe("new");
  });
});

describe("readFileIfExists and removeFile", () => {
  it("take a missing file for nothing", async () => {
    await removeFile(join(folder, "no"));

    expect(await readFileIfExists(join(folder, "no"))).toBeUndefined();
  });
});

describe("isTemporaryName", () => {
  it.each([
    [".record.json.tmp-12-3", true],
    ["record.json", false],
    [".hidden", false],
  ])("judges %s", (name, expected) => {
    expect(isTemporaryName(name)).toBe(expected);
  });
});
