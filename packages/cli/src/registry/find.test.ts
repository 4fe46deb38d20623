import { describe, expect, it } from "vitest";
import { findCommand } from "./find.ts";

describe("findCommand", () => {
  it.each([
    [["run", "-d", "x"], { path: "run", words: ["-d", "x"] }],
    [["container", "ls", "-a"], { path: "container ls", words: ["-a"] }],
    [["help", "run"], { path: "run", words: ["--help"] }],
    [["help", "image", "ls"], { path: "image ls", words: ["--help"] }],
    [["help", "image"], { path: "image", words: [] }],
  ])("finds %j", (words, expected) => {
    expect(findCommand(words)).toMatchObject(expected);
  });

  it.each([[[]], [["help"]]])("leaves %j to the overview", (words) => {
    expect(findCommand(words)).toBeUndefined();
  });

  it.each([
    [["nope"], "tdock: unknown command: tdock nope"],
    [["image", "nope"], "tdock: unknown command: tdock image nope"],
    [["constructor"], "tdock: unknown command: tdock constructor"],
  ])("refuses %j", (words, message) => {
    expect(() => findCommand(words)).toThrow(message);
  });
});
