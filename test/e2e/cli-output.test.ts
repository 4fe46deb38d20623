import { describe, expect, it } from "vitest";
import { programs } from "../harness/instance/programs.ts";
import { runProgram } from "../harness/program.ts";

describe("what the command line prints", () => {
  const inShell = (script: string) => runProgram("bash", ["-o", "pipefail", "-c", script, "bash", programs.tdock]);

  it("is an error where it cannot be written", async () => {
    const { exitCode, stderr } = await inShell('"$1" run --help >/dev/full');

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^cannot write to standard output: ENOSPC/);
  });

  it("ends the program as SIGPIPE would when its reader goes away", async () => {
    expect(await inShell('"$1" run --help | true')).toEqual({ stdout: "", stderr: "", exitCode: 141 });
  });

  it("says that there is no engine, whatever the template asks for", async () => {
    const ended = await inShell('"$1" -H unix:///nonexistent version -f "{{.Server.Version}}"');

    expect(ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("Cannot connect to the tdock daemon") });
  });

  it("names the folder that was given for a file, whether there is an engine or not", async () => {
    const ended = await inShell('"$1" -H unix:///nonexistent load -i /tmp');

    expect(ended).toEqual({ stdout: "", stderr: "open /tmp: is a directory\n", exitCode: 1 });
  });

  it("is the same for help run and run --help", async () => {
    const [asCommand, asFlag] = await Promise.all([inShell('"$1" help run'), inShell('"$1" run --help')]);

    expect(asCommand).toEqual(asFlag);
    expect(asCommand).toMatchObject({ exitCode: 0, stderr: "" });
  });
});
