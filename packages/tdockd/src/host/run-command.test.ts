import { describe, expect, it } from "vitest";
import { runCommand, runOrThrow } from "./run-command.ts";

describe("runCommand", () => {
  it("gives exit code, stdout and stderr apart", async () => {
    const result = await runCommand("sh", ["-c", "echo out; echo err >&2; exit 3"]);

    expect(result).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("passes arguments as they are, never through a shell", async () => {
    const { stdout } = await runCommand("printf", ["%s", "$(id); `id` | x"]);

    expect(stdout).toBe("$(id); `id` | x");
  });

  it("writes the input and closes it", async () => {
    expect((await runCommand("cat", [], { input: "abc" })).stdout).toBe("abc");
  });

  it("survives a command that does not read its input", async () => {
    expect((await runCommand("true", [], { input: "x".repeat(1 << 20) })).exitCode).toBe(0);
  });

  it("keeps no more output than told", async () => {
    expect((await runCommand("sh", ["-c", "yes | head -c 100000"], { maxOutputBytes: 10 })).stdout).toHaveLength(10);
  });

  it("names a command that is missing", async () => {
    await expect(runCommand("no-such-command", [])).rejects.toMatchObject({
      code: "internal",
      reason: "command-missing",
      message: "no-such-command is not installed on this machine",
    });
  });

  it("ends the command when the signal fires", async () => {
    const controller = new AbortController();
    const running = runCommand("sleep", ["60"], { signal: controller.signal });
    controller.abort();

    await expect(running).rejects.toMatchObject({ code: "canceled" });
  });

  it("tells 128 + N for a command that a signal ended", async () => {
    expect((await runCommand("sh", ["-c", "kill -9 $$"])).exitCode).toBe(137);
  });

  it("gives the command no environment but PATH", async () => {
    process.env.TDOCK_TEST_SECRET = "x";

    expect((await runCommand("env", [])).stdout).not.toContain("TDOCK_TEST_SECRET");
  });
});

describe("runOrThrow", () => {
  it("fails with the command's own words", async () => {
    await expect(runOrThrow("sh", ["-c", "echo no room >&2; exit 1"])).rejects.toThrow("sh: no room");
  });
});
