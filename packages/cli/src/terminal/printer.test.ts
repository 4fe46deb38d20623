import { describe, expect, it } from "vitest";
import { escapeControls } from "./printer.ts";

describe("escapeControls", () => {
  it.each([
    ["plain\ttext\n", "plain\ttext\n"],
    ["\x1b]0;title\x07", "\\x1b]0;title\\x07"],
    ["a\rb\x9b1m", "a\\x0db\\x9b1m"],
    ["Zürich 漢字", "Zürich 漢字"],
  ])("shows %j as %j", (text, expected) => {
    expect(escapeControls(text)).toBe(expected);
  });
});
