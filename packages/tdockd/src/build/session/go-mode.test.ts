import { describe, expect, it } from "vitest";
import { decodeGoMode, encodeGoMode } from "./go-mode.ts";

describe("decodeGoMode", () => {
  it.each([
    ["a file", 0o644, "file", 0o644],
    ["a set-uid program", 2 ** 23 + 0o755, "file", 0o4755],
    ["a folder that others may only add to", 2 ** 31 + 2 ** 20 + 0o777, "folder", 0o1777],
    ["a set-gid folder", 2 ** 31 + 2 ** 22 + 0o750, "folder", 0o2750],
    ["a link", 2 ** 27 + 0o777, "link", 0o777],
  ] as const)("reads and writes %s", (_, goMode, kind, mode) => {
    expect(decodeGoMode(goMode)).toEqual({ kind, mode });
    expect(encodeGoMode({ kind, mode })).toBe(goMode);
  });

  it.each([
    ["a block device", 2 ** 26],
    ["a pipe", 2 ** 25],
    ["a socket", 2 ** 24],
    ["a character device", 2 ** 26 + 2 ** 21],
    ["what is irregular", 2 ** 19],
    ["a folder that says it is a device too", 2 ** 31 + 2 ** 26],
  ])("tells %s from files", (_, goMode) => {
    expect(decodeGoMode(goMode + 0o600)).toEqual({ kind: "other", mode: 0o600 });
  });
});
