import { describe, expect, it } from "vitest";
import { archiveName, type CopyEnd, planCopy } from "./copy-rules.ts";

const end = (path: string, kind: CopyEnd["kind"]): CopyEnd => ({ path, kind });

describe("planCopy", () => {
  it.each([
    [end("/a/f", "file"), end("/out", "folder"), { folder: "/out", name: undefined }],
    [end("/a/f", "file"), end("/out/g", "absent"), { folder: "/out", name: "g" }],
    [end("/a/f", "file"), end("/out/g", "file"), { folder: "/out", name: "g" }],
    [end("/a", "folder"), end("/out/", "absent"), { folder: "/", name: "out" }],
    [end("/a/.", "folder"), end("/out", "folder"), { folder: "/out", name: undefined }],
  ])("plans %j to %j", (source, target, plan) => {
    expect(planCopy(source, target)).toEqual(plan);
  });

  it.each([
    [end("/a", "folder"), end("/out", "file"), "cannot copy directory"],
    [end("/f", "file"), end("/out/", "file"), "not a directory"],
    [end("/f", "file"), end("/out/", "absent"), "no such directory"],
  ])("refuses %j to %j", (source, target, message) => {
    expect(() => planCopy(source, target)).toThrow(message);
  });
});

describe("archiveName", () => {
  it.each([
    ["/a/b", "b"],
    ["/a/b/", "b"],
    ["/a/b/.", "."],
    ["x", "x"],
  ])("is, for %s, %s", (path, name) => {
    expect(archiveName(path)).toBe(name);
  });
});
