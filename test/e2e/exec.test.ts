import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { programs } from "../harness/instance/programs.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("tdock exec", (suite) => {
  const exec = async (...args: string[]) => await suite.mustTdock(["exec", ...args]);
  const terminal = (...args: string[]) =>
    openTerminal(programs.tdock, ["exec", "-it", ...args], {
      env: suite.tdockd.clientEnv,
      size: { columns: 90, rows: 20 },
    });

  beforeAll(async () => {
    await suite.mustTdock(["run", "-d", "--name=host", "--cap-drop=ALL", suite.busybox, "sleep", "600"]);
  });

  it("takes user, folder, variables and files of them", async () => {
    const file = join(suite.tdockd.layout.root, "env");
    await writeFile(file, "A=file\nB=file\nCALLER\n");
    const flags = ["--env-file", file, "-e", "B=flag", "-u", "12:34", "-w", "/etc"];

    const { stdout } = await suite.tdock(
      ["exec", ...flags, "host", "sh", "-c", "id -u; id -g; pwd; echo $A $B $CALLER"],
      {
        env: { CALLER: "caller" },
      },
    );

    expect(stdout).toBe("12\n34\n/etc\nfile flag caller\n");
  });

  it("has every capability with --privileged, and those of the container without", async () => {
    const effective = ["sh", "-c", "grep CapEff /proc/self/status | cut -f2"];

    expect(BigInt(`0x${await exec("host", ...effective)}`)).toBe(0n);
    expect(BigInt(`0x${await exec("--privileged", "host", ...effective)}`)).toBeGreaterThan(0x1ffffffffn);
  });

  it("runs in the background with -d, and the engine knows its end", async () => {
    expect(await exec("-d", "host", "sh", "-c", "echo done > /tmp/done; exit 7")).toBe("");

    await eventually(async () => expect(await exec("host", "cat", "/tmp/done")).toBe("done"));
  });

  it("is a terminal of the client's size with -t, follows its changes, and is left with the detach keys", async () => {
    using shell = terminal("--detach-keys=ctrl-x,q", "host", "sh");
    await shell.waitFor("#");
    shell.type("stty size\r");
    await shell.waitFor("20 90");
    shell.resize({ columns: 70, rows: 30 });
    shell.type("until stty size | grep '30.70'; do sleep 0.1; done; sleep 599\r");
    await shell.waitFor("30 70");

    shell.type("\x18q");

    expect(await shell.exit).toBe(1);
    expect(shell.output()).toContain("read escape sequence");
    await delay(2000); // A client that got lost is noticed within one.
    expect(await exec("host", "ps")).toContain("sleep 599");
  });

  it("passes signals of the client on to the process", async () => {
    const script = "trap 'echo got it; exit 9' USR1; echo ready; while :; do sleep 0.1; done";
    const child = spawn(programs.tdock, ["exec", "host", "sh", "-c", script], {
      env: { ...process.env, ...suite.tdockd.clientEnv },
    });
    let output = "";
    child.stdout.on("data", (text) => {
      output += text;
    });
    await eventually(() => expect(output).toBe("ready\n"));

    child.kill("SIGUSR1");

    expect(await once(child, "close")).toEqual([9, null]);
    expect(output).toBe("ready\ngot it\n");
  });

  it("ends with its client, also where it does not obey, and within the container's time to stop", async () => {
    await suite.mustTdock(["run", "-d", "--name=leaving", "--stop-timeout=1", suite.busybox, "sleep", "600"]);
    const child = spawn(programs.tdock, ["exec", "leaving", "sh", "-c", "trap '' HUP TERM; echo ready; sleep 598"], {
      env: { ...process.env, ...suite.tdockd.clientEnv },
    });
    await once(child.stdout, "data");

    child.kill("SIGKILL");

    await eventually(async () => expect(await exec("leaving", "ps")).not.toContain("sleep 598"));
    await suite.mustTdock(["rm", "-f", "leaving"]);
  });

  it("can be ended by its id: POST /exec/{id}/kill", async () => {
    const body = { Cmd: ["sleep", "600"], AttachStdout: false };
    const { Id } = (await suite.api("POST", "/containers/host/exec", body)).body;
    await suite.api("POST", `/exec/${Id}/start`, { Detach: true });

    const killed = await suite.api("POST", `/exec/${Id}/kill?signal=SIGTERM`);

    expect(killed.status).toBeLessThan(300);
    await eventually(async () =>
      expect((await suite.api("GET", `/exec/${Id}/json`)).body).toMatchObject({ Running: false, ExitCode: 143 }),
    );
    expect((await suite.api("POST", `/exec/${Id}/kill`)).status).toBe(409);
    expect((await suite.api("POST", "/exec/nosuch/kill")).status).toBe(404);
  });

  it("says why it cannot: a container that has stopped or is paused, a command that is missing, a user that is not there", async () => {
    await suite.mustTdock(["create", "--name=stopped", suite.busybox, "true"]);
    const ends = async (...args: string[]) => {
      const { exitCode, stderr } = await suite.tdock(["exec", ...args]);
      return `${exitCode} ${stderr}`;
    };

    expect(await ends("stopped", "true")).toMatch(/^1 .*not running/);
    expect(await ends("host", "no-such-command")).toMatch(/^127 .*no-such-command/);
    expect(await ends("host", "/etc/passwd")).toMatch(/^126 .*permission denied/);
    expect(await ends("-u", "nobody-here", "host", "true")).toMatch(/^126 .*nobody-here/);
    await suite.mustTdock(["pause", "host"]);
    expect(await ends("host", "true")).toMatch(/^1 .*paused/);
    await suite.mustTdock(["unpause", "host"]);
  });
});
