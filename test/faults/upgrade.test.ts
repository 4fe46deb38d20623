import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { freePort } from "../harness/free-port.ts";
import { processesWith } from "../harness/instance/processes.ts";
import { programs } from "../harness/instance/programs.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const root = new URL("../..", import.meta.url).pathname;

systemSuite("a tdockd that another one replaces", (suite) => {
  const { mustTdock } = suite;
  /** The program at a place of its own, as a new version is installed. */
  const install = async (name: string) => {
    const folder = join(suite.tdockd.layout.root, name);
    await mkdir(join(folder, "packages"), { recursive: true });
    await mustRun("cp", ["-a", `${root}packages/tdockd`, `${root}packages/keeper`, join(folder, "packages")]);
    for (const link of [".tools", "node_modules", "packages/errors"]) await symlink(root + link, join(folder, link));
    return { folder, program: join(folder, "packages/tdockd/bin/tdockd") };
  };
  const client = (...args: string[]) => {
    const child = spawn(programs.tdock, args, { env: { ...process.env, ...suite.tdockd.clientEnv } });
    const printed = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].on("data", (bytes) => {
        printed[stream] += bytes;
      });
    return { printed, ended: once(child, "close") };
  };
  const exitCodeOf = async (execId: string) => (await suite.api("GET", `/exec/${execId}/json`)).body.ExitCode;

  it("leaves containers, execs, logs and ports as they are, and tells its clients", async () => {
    const [before, after] = [await install("before"), await install("after")];
    await suite.tdockd.stop();
    await suite.tdockd.start(before.program);
    const port = await freePort();
    const script = "httpd -h /etc; i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done";
    await mustTdock(["run", "-d", "--name=web", `-p=127.0.0.1:${port}:80`, suite.busybox, "sh", "-c", script]);
    const pid = () => mustTdock(["inspect", "-f", "{{.State.Pid}}", "web"]);
    const [firstPid, asking] = [await pid(), askThroughout(port)];
    const untilTold = (exitCode: number) => {
      const script = `echo 1; until [ -e /go${exitCode} ]; do sleep 0.1; done; exit ${exitCode}`;
      return ["sh", "-c", script];
    };
    const { body } = await suite.api("POST", "/containers/web/exec", { Cmd: untilTold(7) });
    await suite.api("POST", `/exec/${body.Id}/start`, { Detach: true });
    const logs = client("logs", "-f", "web");
    const clients = [logs, client("attach", "web"), client("exec", "web", ...untilTold(9))];
    for (const { printed } of clients) await eventually(() => expect(printed.stdout).not.toBe(""));
    const execIds: string[] = (await suite.api("GET", "/containers/web/json")).body.ExecIDs;

    await suite.tdockd.stop();
    await writeFile(`/proc/${firstPid}/root/go7`, "");
    await eventually(async () => expect(await processesWith("until [ -e /go7 ]")).toEqual([]));
    await suite.tdockd.start(after.program);
    await rm(before.folder, { recursive: true });

    for (const { printed, ended } of clients) {
      expect((await ended)[0]).toBe(1);
      expect(printed.stderr).toMatch(/the daemon .*closed the connection|the daemon ended|Cannot connect|ended before/);
    }
    expect(await pid()).toBe(firstPid);
    await mustTdock(["exec", "web", "touch", "/go9"]);
    await eventually(async () => expect((await Promise.all(execIds.map(exitCodeOf))).sort()).toEqual([7, 9]));
    const lines = (await mustTdock(["logs", "web"])).split("\n");
    expect(lines).toEqual(lines.map((_, index) => `${index + 1}`));
    const followed = logs.printed.stdout.trimEnd().split("\n");
    expect(followed).toEqual(lines.slice(0, followed.length));
    const { answers, failures } = await asking.stop();
    expect([answers > 100, failures]).toEqual([true, []]);

    await mustTdock(["rm", "-f", "web"]);
    await suite.tdockd.stop();
    await suite.tdockd.start();
  });
});

/** Asks a server over and over, by a connection of its own each time. */
function askThroughout(port: number) {
  const [failures, stopping] = [[] as string[], new AbortController()];
  let answers = 0;
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      get({ port, path: "/passwd", agent: false, timeout: 1000 }, (response) => {
        response.resume().once("end", resolve).once("error", reject);
      })
        .once("timeout", () => reject(new Error("no answer within a second")))
        .once("error", reject);
    });
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      await ask().then(
        () => answers++,
        (error) => failures.push(String(error)),
      );
      await delay(10);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await asking;
      return { answers, failures };
    },
  };
}
