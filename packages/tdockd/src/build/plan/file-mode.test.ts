import { describe, expect, it } from "vitest";
import { parseMode } from "./file-mode.ts";

describe("parseMode", () => {
  it.each([
    ["755", 0o644, false, 0o755],
    ["4755", 0o644, false, 0o4755],
    ["+x", 0o644, false, 0o755],
    ["u=rwX,go=rX", 0o644, false, 0o644],
    ["u=rwX,go=rX", 0o600, true, 0o755],
    ["go-rwx", 0o777, false, 0o700],
    ["g=u", 0o640, false, 0o660],
    ["u+s", 0o755, false, 0o4755],
    ["a=r", 0o777, false, 0o444],
    ["+t", 0o777, true, 0o1777],
  ])("%s on %o (folder: %s) gives %o", (text, mode, isFolder, expected) => {
    expect(parseMode(text)(mode, isFolder).toString(8)).toBe(expected.toString(8));
  });

  it.each(["999", "78", "u~x", "rwx", ""])("refuses %j", (text) => {
    expect(() => parseMode(text)).toThrow("invalid chmod parameter");
  });
});
