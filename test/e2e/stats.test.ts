import { readdir, readlink } from "node:fs/promises";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { programs } from "../harness/instance/programs.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("tdock stats", (suite) => {
  const openSockets = async (pid: number) => {
    const links = (await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => ""));
    return (await Promise.all(links)).filter((link) => link.startsWith("socket:")).length;
  };

  it("asks once for each container that runs, however often it starts", async () => {
    await suite.mustTdock(["run", "-d", "--name", "again", "--stop-signal", "KILL", suite.busybox, "sleep", "1000"]);
    const words = ["stats", "--format", "{{.Name}} {{.PIDs}}."];
    using terminal = openTerminal(programs.tdock, words, { env: suite.tdockd.clientEnv });
    await terminal.waitFor("again 1.");
    const before = await openSockets(terminal.pid);

    for (let time = 0; time < 4; time += 1) {
      const seen = terminal.output().length;
      await suite.mustTdock(["restart", "again"]);
      await eventually(() => expect(terminal.output().slice(seen)).toContain("again 1."));
    }

    await eventually(async () => expect(await openSockets(terminal.pid)).toBeLessThanOrEqual(before + 1));
  });
});
