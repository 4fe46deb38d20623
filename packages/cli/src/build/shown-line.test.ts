import { describe, expect, it } from "vitest";
import { shownLine } from "./shown-line.ts";

describe("shownLine", () => {
  it.each([
    ["as it is", "as it is"],
    ["\rprogress 1%\rprogress 30%", "progress 30%"],
    ["progress 30%\r", "progress 30%"],
    ["\x1b[1;31mred\x1b[0m and \x1b[Kplain", "red and plain"],
    ["\x1b]0;a title\x07text\x1b]8;;http://x\x1b\\link", "textlink"],
    ["ends in \x1b[", "ends in \x1b["],
  ])("of %j is %j", (line, shown) => {
    expect(shownLine(line)).toBe(shown);
  });
});
