import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { programs } from "../harness/instance/programs.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("tdock attach", (suite) => {
  const { mustTdock } = suite;
  const run = (name: string, flags: readonly string[], script: string) =>
    mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sh", "-c", script]);
  const attach = (...args: string[]) => {
    const child = spawn(programs.tdock, ["attach", ...args], { env: { ...process.env, ...suite.tdockd.clientEnv } });
    return { child, output: collect(child), ended: once(child, "close") };
  };

  it("shows all clients the same, and takes input from each", async () => {
    const tick = "while :; do echo tick; sleep 0.1; done";
    await run("shared", ["-i"], `(${tick}) & while read line; do echo got $line; done`);
    const clients = [attach("shared"), attach("shared"), attach("--no-stdin", "shared")] as const;
    const [one, two, silent] = clients;
    const heard = () => clients.map(({ output }) => output().match(/got \w+/g));
    for (const { output } of clients) await eventually(() => expect(output()).toContain("tick"));

    one.child.stdin.write("first\n");
    await eventually(() => expect(heard()).toEqual(Array(3).fill(["got first"])));
    two.child.stdin.write("second\n");
    await eventually(() => expect(heard()).toEqual(Array(3).fill(["got first", "got second"])));
    await mustTdock(["kill", "shared"]);

    for (const { ended } of [one, two, silent]) expect((await ended)[0]).toBe(137);
  });

  it("ends the input of a container alone, and still shows what comes after", async () => {
    await mustTdock(["create", "-i", "--name=half", suite.busybox, "sh", "-c", "cat; echo after the end; exit 3"]);

    const { stdout, exitCode } = await suite.tdock(["start", "-ai", "half"], { stdin: "typed\n" });

    expect([stdout, exitCode]).toEqual(["typed\nafter the end\n", 3]);
  });

  it("leaves a terminal with the detach keys, and the container goes on", async () => {
    await run("terminal", ["-it"], "exec sh");
    using terminal = openTerminal(programs.tdock, ["attach", "--detach-keys=ctrl-e,e", "terminal"], {
      env: suite.tdockd.clientEnv,
    });
    terminal.type("echo $((6*7))\r");
    await terminal.waitFor("42");

    terminal.type("\x05e");

    expect(await terminal.exit).toBe(1);
    expect(await mustTdock(["inspect", "-f", "{{.State.Status}}", "terminal"])).toBe("running");
  });

  it("joins a container that was restarted", async () => {
    await run("again", ["-i"], "read line; echo got $line; exit 4");
    await mustTdock(["restart", "-t0", "again"]);

    const { stdout, exitCode } = await suite.tdock(["attach", "again"], { stdin: "input\n" });

    expect([stdout, exitCode]).toEqual(["got input\n", 4]);
  });

  it("sends signals of the client to the container, unless told not to", async () => {
    const script = "trap 'echo got it' USR1; echo ready; while :; do sleep 0.1; done";
    await run("signalled", [], script);
    await eventually(async () => expect(await mustTdock(["logs", "signalled"])).toBe("ready"));
    const [proxying, quiet] = [attach("signalled"), attach("--sig-proxy=false", "signalled")];
    await mustTdock(["exec", "signalled", "kill", "-USR1", "1"]);
    await eventually(() => expect([proxying.output(), quiet.output()]).toEqual(["got it\n", "got it\n"]));

    proxying.child.kill("SIGUSR1");
    await eventually(() => expect(quiet.output()).toBe("got it\ngot it\n"));
    quiet.child.kill("SIGTERM");

    expect(await quiet.ended).toEqual([null, "SIGTERM"]);
    expect(await mustTdock(["inspect", "-f", "{{.State.Status}}", "signalled"])).toBe("running");
    await mustTdock(["rm", "-f", "signalled"]);
    await proxying.ended;
  });

  it.each([
    ["nosuch", [], "No such container: nosuch"],
    ["stopped", ["create", "--name=stopped"], "cannot attach to a stopped container"],
  ])("refuses %s", async (name, create, message) => {
    if (create.length > 0) await mustTdock([...create, suite.busybox, "true"]);

    const { exitCode, stderr } = await suite.tdock(["attach", name]);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});

function collect(child: ChildProcess): () => string {
  let output = "";
  child.stdout?.on("data", (text) => {
    output += text;
  });
  return () => output;
}
