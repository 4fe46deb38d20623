import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { processesWith, programOf, sendSignal } from "../harness/instance/processes.ts";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("the command line when the engine goes away", (suite) => {
  const isConnected = async () => {
    const open = await runProgram("ss", ["-xH", "state", "established", "src", suite.tdockd.layout.socket]);
    expect(open.stdout).not.toBe("");
  };

  it.each([
    ["logs", "-f", "alive"],
    ["events"],
    ["stats"],
    ["stats", "alive"],
    ["wait", "alive"],
    ["attach", "alive"],
    ["exec", "alive", "sleep", "1000"],
  ])("tdock %s %s says so and fails", async (...words) => {
    await suite.tdock(["rm", "-f", "alive"]);
    await suite.mustTdock(["run", "-d", "--name", "alive", suite.busybox, "sleep", "1000"]);
    const ended = suite.tdock(words);
    await suite.tdockd.closeConnections();
    await eventually(isConnected);

    await suite.tdockd.stop("SIGKILL");

    const { exitCode, stderr } = await ended;
    expect(stderr).toMatch(/the daemon .*closed the connection|the daemon ended|Cannot connect|ended before/);
    expect(exitCode).toBe(1);
    await suite.tdockd.start();
  });

  it("lets go of the output of an exec that it was about to start", async () => {
    const { root } = suite.tdockd.layout;
    await suite.tdock(["rm", "-f", "alive"]);
    const id = await suite.mustTdock(["run", "-d", "--name", "alive", suite.busybox, "sleep", "1000"]);
    const containerd = (await processesWith(root)).filter((one) => programOf(one) === "containerd");
    expect(containerd).toHaveLength(1);
    const held = async () => (await readdir(join(root, "run/keeper/held"))).filter((name) => name.startsWith(id));

    for (const { pid } of containerd) sendSignal(pid, "SIGSTOP");
    const ended = suite.tdock(["exec", "alive", "true"]);
    try {
      await eventually(async () => expect(await held()).toHaveLength(2));
      await suite.tdockd.stop("SIGKILL");
    } finally {
      for (const { pid } of containerd) sendSignal(pid, "SIGCONT");
    }
    expect((await ended).exitCode).toBe(1);
    await suite.tdockd.start();

    await suite.mustTdock(["rm", "-f", "alive"]);
    await eventually(async () => expect(await held()).toEqual([]));
  });
});
