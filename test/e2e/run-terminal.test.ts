import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { programs } from "../harness/instance/programs.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("tdock run in a terminal", (suite) => {
  const open = (...args: string[]) =>
    openTerminal(programs.tdock, args, { env: suite.tdockd.clientEnv, size: { columns: 100, rows: 30 } });

  it("gives the container a terminal of the same size, and follows its changes", async () => {
    using terminal = open(
      "run",
      "--rm",
      "-it",
      suite.busybox,
      "sh",
      "-c",
      "trap 'stty size' WINCH; stty size; while sleep 0.1; do :; done",
    );
    await terminal.waitFor("30 100");

    terminal.resize({ columns: 90, rows: 40 });

    await terminal.waitFor("40 90");
    terminal.type("\x03");
    expect(await terminal.exit).toBe(130);
  });

  it("is a shell that can be typed at, and exits with its code", async () => {
    using terminal = open("run", "--rm", "-it", suite.busybox, "sh");
    await terminal.waitFor("#");

    terminal.type("echo $((6 * 7))\r");
    await terminal.waitFor("42");
    terminal.type("exit 3\r");

    expect(await terminal.exit).toBe(3);
  });

  it("detaches with ctrl-p ctrl-q and leaves the container running", async () => {
    using terminal = open("run", "-it", "--name=left", suite.busybox, "sh");
    await terminal.waitFor("#");

    terminal.type("\x10\x11");

    expect(await terminal.exit).toBe(0);
    expect(await suite.mustTdock(["inspect", "-f", "{{.State.Status}}", "left"])).toBe("running");
    await suite.mustTdock(["rm", "-f", "left"]);
  });

  it("refuses -t when stdin is not a terminal", async () => {
    const { exitCode, stderr } = await suite.tdock(["run", "--rm", "-it", suite.busybox, "true"]);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("not a TTY");
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("forwards %s to a container without a terminal", async (signal) => {
    const script = `trap 'echo got ${signal}; exit 5' ${signal.slice(3)}; echo ready; while true; do sleep 0.1; done`;
    const child = spawn(programs.tdock, ["run", "--rm", suite.busybox, "sh", "-c", script], {
      env: { ...process.env, ...suite.tdockd.clientEnv },
    });
    const output = collect(child);
    await eventually(() => expect(output()).toBe("ready\n"));

    child.kill(signal);

    const [code] = await once(child, "close");
    expect({ code, output: output() }).toEqual({ code: 5, output: `ready\ngot ${signal}\n` });
  });

  it("lets go of a container that takes no notice when it is to end for the third time", async () => {
    const child = spawn(
      programs.tdock,
      ["run", "--name=deaf", suite.busybox, "sh", "-c", "echo ready; exec sleep 100"],
      {
        env: { ...process.env, ...suite.tdockd.clientEnv },
      },
    );
    const output = collect(child);
    const errors = text(child.stderr);
    const closed = once(child, "close");
    await eventually(() => expect(output()).toBe("ready\n"));

    for (let times = 0; times < 3; times++) {
      child.kill("SIGINT");
      await suite.mustTdock(["version"]);
    }

    const [code] = await closed;
    expect({ code, errors: await errors }).toEqual({
      code: 1,
      errors: "\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n",
    });
    expect(await suite.mustTdock(["inspect", "-f", "{{.State.Status}}", "deaf"])).toBe("running");
    await suite.mustTdock(["rm", "-f", "deaf"]);
  });
});

function collect(child: ChildProcess): () => string {
  let output = "";
  child.stdout?.on("data", (text) => {
    output += text;
  });
  return () => output;
}
