import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

/** Moments within an operation, in milliseconds after it was asked for. */
const moments = [5, 40, 80, 120, 160, 200, 250];

systemSuite("what kill -9 of tdockd cuts short", (suite) => {
  const { mustTdock } = suite;
  const ctr = (...args: string[]) =>
    mustRun("ctr", [`--address=${suite.tdockd.layout.execRoot}/containerd/containerd.sock`, "-n=tdock", ...args]);
  const killServer = () => suite.tdockd.stop("SIGKILL");
  const status = (name: string) => mustTdock(["inspect", "-f", "{{.State.Status}}", name]);
  const killDuring = async (momentMs: number, operation: Promise<unknown>) => {
    operation.catch(() => undefined);
    await delay(momentMs);
    await killServer();
    await operation.catch(() => undefined);
    await suite.tdockd.start();
  };

  it.each(moments)("a start, after %i ms: the next one starts the container", async (momentMs) => {
    const name = `started-${momentMs}`;
    await mustTdock(["create", "--name", name, "--ipc=shareable", suite.busybox, "sleep", "1000"]);

    await killDuring(momentMs, suite.api("POST", `/containers/${name}/start`));

    const { status, body } = await suite.api("POST", `/containers/${name}/start`);
    expect([[204, 304].includes(status), body]).toEqual([true, ""]);
    expect(await mustTdock(["exec", name, "echo", "on"])).toBe("on");
    await mustTdock(["rm", "-f", name]);
  });

  it("a commit or a pause: the container is thawed", async () => {
    const id = await mustTdock(["run", "-d", "--name=frozen", suite.busybox, "sleep", "1000"]);
    await ctr("task", "pause", id);

    await killServer();
    await suite.tdockd.start();

    expect(await status("frozen")).toBe("running");
    expect(await mustTdock(["exec", "frozen", "echo", "on"])).toBe("on");
    await mustTdock(["rm", "-f", "frozen"]);
  });

  it("an unpause: the container is known to run", async () => {
    const id = await mustTdock(["run", "-d", "--name=thawed", suite.busybox, "sleep", "1000"]);
    await mustTdock(["pause", "thawed"]);
    await ctr("task", "resume", id);

    await killServer();
    await suite.tdockd.start();

    expect(await status("thawed")).toBe("running");
    expect(await mustTdock(["exec", "thawed", "echo", "on"])).toBe("on");
    await mustTdock(["rm", "-f", "thawed"]);
  });

  it("the copy or the removal of a volume: there is all of it or nothing", async () => {
    const files = 2000;
    const script = `mkdir /v/d && cd /v/d && seq ${files} | xargs touch`;
    const fill = (name: string) => mustTdock(["run", "--rm", "-v", `${name}:/v`, suite.busybox, "sh", "-c", script]);
    const volumes = async () => (await mustTdock(["volume", "ls", "-q"])).split("\n");
    const countIn = async (name: string) =>
      Number(await mustTdock(["run", "--rm", "-v", `${name}:/v`, suite.busybox, "sh", "-c", "ls /v/d | wc -l"]));
    const isWholeOrGone = async (name: string) => {
      if ((await volumes()).includes(name)) expect(await countIn(name)).toBe(files);
    };
    for (const momentMs of [20, 80, 200]) {
      await fill("origin");
      await killDuring(momentMs, suite.api("POST", "/volumes/origin/clone?to=copy"));
      await isWholeOrGone("copy");
      await suite.tdock(["volume", "rm", "-f", "copy"]);

      await killDuring(momentMs / 2, suite.api("DELETE", "/volumes/origin"));
      await isWholeOrGone("origin");
      await suite.tdock(["volume", "rm", "-f", "origin"]);
    }

    await eventually(async () => expect(await readdir(join(suite.tdockd.layout.dataRoot, "volumes"))).toEqual([]));
  });
});
