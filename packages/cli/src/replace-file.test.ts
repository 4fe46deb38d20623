import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFile } from "./replace-file.ts";

describe("replaceFile", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tdock-replace-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("gives a new file its mode, and leaves that of one that is there", () => {
    const [fresh, known] = [join(folder, "fresh"), join(folder, "known")];
    writeFileSync(known, "before");
    chmodSync(known, 0o640);

    for (const path of [fresh, known]) replaceFile(path, "after", { mode: 0o600 });

    expect([fresh, known].map((path) => readFileSync(path, "utf8"))).toEqual(["after", "after"]);
    expect([fresh, known].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o640]);
  });

  it("writes to what a link names", () => {
    const [target, link] = [join(folder, "target"), join(folder, "link")];
    writeFileSync(target, "before");
    symlinkSync(target, link);

    replaceFile(link, "after");

    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("after");
  });

  it("leaves nothing beside what cannot be replaced", () => {
    const taken = join(folder, "taken");
    mkdirSync(taken);

    expect(() => replaceFile(taken, "text")).toThrow("EISDIR");

    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});
