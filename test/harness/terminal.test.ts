import { describe, expect, it } from "vitest";
import { openTerminal } from "./terminal.ts";

describe("openTerminal", () => {
  it("gives the program a terminal of the size asked for, and tells it of a new size", async () => {
    using terminal = openTerminal("sh", ["-c", "trap 'stty size' WINCH; stty size; while sleep 0.05; do :; done"], {
      size: { columns: 100, rows: 30 },
    });

    await terminal.waitFor("30 100");
    terminal.resize({ columns: 70, rows: 20 });
    await terminal.waitFor("20 70");
  });

  it("gives the exit code, also after Ctrl-C", async () => {
    using terminal = openTerminal("sh", ["-c", "trap 'exit 7' INT; echo ready; while sleep 0.05; do :; done"]);
    await terminal.waitFor("ready");

    terminal.type("\x03");

    expect(await terminal.exit).toBe(7);
  });
});
