import { describe, expect, it } from "vitest";
import { alignTabs } from "./tab-writer.ts";

describe("alignTabs", () => {
  it("makes a column three wider than its widest cell and at least ten wide", () => {
    expect(alignTabs("ID\tNAME\tLAST\n0123456789ab\tx\tend\n")).toBe(
      "ID             NAME      LAST\n0123456789ab   x         end\n",
    );
  });

  it("does not align what follows the last tab", () => {
    expect(alignTabs("a\tvery long last cell\nb\tc\n")).toBe("a         very long last cell\nb         c\n");
  });

  it("starts a column anew after a line that has no cell there", () => {
    expect(alignTabs("0123456789\tx\nno cell\na\ty\n")).toBe("0123456789   x\nno cell\na         y\n");
  });

  it("counts wide characters as two columns", () => {
    expect(alignTabs("漢字漢字漢字\tx\n")).toBe("漢字漢字漢字   x\n");
  });
});
