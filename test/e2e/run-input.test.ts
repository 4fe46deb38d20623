import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

const bytes = randomBytes(20_000_000);

systemSuite("standard input of a container", (suite) => {
  const { tdock, mustTdock } = suite;

  it("arrives as it is, and its end is told", async () => {
    const { stdout } = await tdock(["run", "-i", "--rm", suite.busybox, "sha256sum"], { stdin: bytes });

    expect(stdout).toBe(`${createHash("sha256").update(bytes).digest("hex")}  -\n`);
  });

  it.each([
    ["run", () => ["run", "-i", "--rm", suite.busybox]],
    ["exec", () => ["exec", "-i", "not-reading"]],
  ])("may be left unread: %s ends with the exit code of the process all the same", async (name, words) => {
    if (name === "exec") await mustTdock(["run", "-d", "--name=not-reading", suite.busybox, "sleep", "100"]);

    const ended = await tdock([...words(), "sh", "-c", "echo ready; exit 5"], { stdin: bytes });

    expect(ended).toEqual({ stdout: "ready\n", stderr: "", exitCode: 5 });
  });
});
