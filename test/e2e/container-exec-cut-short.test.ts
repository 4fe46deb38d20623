import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

/** Every moment of an exec's start, in which its container may end, is met by one of these. */
const delaysMs = [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 120];

systemSuite("an exec that its container's end cuts short", (suite) => {
  const running = async () => await suite.mustTdock(["run", "-d", suite.busybox, "sleep", "600"]);

  it("is told the same wherever it was: the container does not run, and 137 if there was a process to be", async () => {
    const odd: string[] = [];
    for (const [index, delayMs] of delaysMs.entries()) {
      const id = await running();
      const ends = index % 2 === 0 ? ["kill", id] : ["rm", "-f", id];
      const execs = [execEnd(id, false), execEnd(id, true), execEnd(id, false)];
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await suite.mustTdock(ends);
      odd.push(...(await Promise.all(execs)).filter((end) => !expected.test(end.replaceAll(id, "ID"))));
    }

    expect(odd).toEqual([]);
  });

  it("ends the command line's with 137", async () => {
    const id = await running();
    const exec = suite.tdock(["exec", "-i", id, "sleep", "601"]);
    await eventually(async () => expect((await suite.mustTdock(["top", id])).match(/sleep 601/)).not.toBeNull());
    await suite.mustTdock(["kill", id]);

    expect((await exec).exitCode).toBe(137);
  });

  /** How an exec of `sleep 600` went, in one line. */
  async function execEnd(id: string, detach: boolean): Promise<string> {
    const body = { Cmd: ["sleep", "600"], AttachStdout: true, AttachStderr: true };
    const created = await suite.api("POST", `/containers/${id}/exec`, body);
    if (created.status !== 201) return `create ${created.status} ${created.body.message}`;
    const started = await suite.api("POST", `/exec/${created.body.Id}/start`, { Detach: detach });
    const said = started.status === 200 ? started.body.replace(/^.{8}/s, "") : started.body.message;
    const { Running, ExitCode } = (await suite.api("GET", `/exec/${created.body.Id}/json`)).body;
    return `start ${started.status} ${said.trim()}|${detach && Running ? "runs" : ExitCode}`;
  }
});

const expected = new RegExp(
  [
    "^create 40[49] (container ID is not running|No such container: ID)$",
    // Refused before it was begun, it has no exit code.
    "^start 409 container ID is not running\\|(null|137)$",
    "^start 200 (container ID is not running)?\\|(137|runs)$",
  ].join("|"),
);
