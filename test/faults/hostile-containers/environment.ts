import { expect, it } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import type { Suite } from "../../harness/suite.ts";
import { attempt } from "./attempt.ts";

/** In the environment that the suite's tdockd is started in. */
export const secret = { HOSTSECRET: "only-the-host-knows" };

/** Row D6: environments of the host, and what cannot be one. */
export function environmentTests(suite: Suite): void {
  const start = async (body: object) => {
    const asked = { Image: suite.busybox, Cmd: ["sleep", "600"], ...body };
    const { Id } = (await suite.api("POST", "/containers/create", asked)).body;
    expect((await suite.api("POST", `/containers/${Id}/start`)).status).toBe(204);
    return Id as string;
  };
  const remove = (id: string) => suite.api("DELETE", `/containers/${id}?force=1`);
  const value = (text: string) => text.trim().split("\n").sort();
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  it("hands nothing of tdockd's own on to what is run, executed, built or checked", async () => {
    const id = await start({
      Hostname: "bare",
      Healthcheck: { Test: ["CMD", "env"], Interval: 100e6 },
      HostConfig: { Init: true },
    });
    const stdin = `FROM ${suite.busybox}\nRUN env > /seen; cat /proc/self/environ >> /seen\n`;
    const built = await suite.mustTdock(["build", "-q", "-"], { stdin });
    const checked = await eventually(async () => {
      const { Log } = (await suite.api("GET", `/containers/${id}/json`)).body.State.Health;
      expect(Log.length).toBeGreaterThan(0);
      return Log[0].Output as string;
    });

    const own = [`HOME=/root`, `HOSTNAME=bare`, path];
    for (const args of [["env"], ["cat", "/proc/1/environ"]]) {
      const text = await suite.mustTdock(["exec", id, ...args]);
      expect(value(text.replaceAll("\0", "\n"))).toEqual(own);
    }
    expect(value(checked)).toEqual(own);
    const seen = await suite.mustTdock(["run", "--rm", built, "cat", "/seen"]);
    expect(seen).toContain(path);
    expect(seen).not.toMatch(/HOSTSECRET|only-the-host-knows/);
    await remove(id);
    await suite.mustTdock(["rmi", built]);
  });

  it("hands nothing of one container or exec on to another", async () => {
    const id = await start({ Env: ["MINE=one"] });
    await suite.mustTdock(["exec", "-e", "YOURS=two", id, "true"]);

    expect(await suite.mustTdock(["exec", id, "env"])).not.toContain("YOURS");
    expect((await attempt(suite, { Cmd: ["env"] })).output).not.toMatch(/MINE|YOURS/);
    await remove(id);
  });

  it.each([
    ["no name", "=x"],
    ["nothing", ""],
    ["a NUL byte in its name", "A\0B=c"],
    ["a NUL byte in its value", "A=b\0c"],
  ])("refuses an entry with %s", async (_, entry) => {
    const id = await start({});

    const exec = await suite.api("POST", `/containers/${id}/exec`, { Cmd: ["true"], Env: [entry] });

    expect([exec.status, exec.body.message]).toEqual([400, expect.stringContaining("environment variable")]);
    expect(await attempt(suite, { Env: [entry], Cmd: ["true"] })).toMatchObject({ status: 400 });
    await remove(id);
  });

  it("takes a newline for a part of a value, the last of two for the value, and no value for none", async () => {
    const Env = ["HOME=/x\nroot::0:0::/:/bin/sh", "A=1", "PATH", "A=2", "A=a=b"];

    const { output } = await attempt(suite, { Env, Cmd: ["/bin/env"] });

    expect(output).toMatch(/^HOSTNAME=\w+\nHOME=\/x\nroot::0:0::\/:\/bin\/sh\nA=a=b\n$/);
    const files = await attempt(suite, { Env: [...Env, path], Cmd: ["cat", "/etc/passwd", "/etc/group"] });
    expect(files).toMatchObject({ exitCode: 0, output: expect.not.stringContaining("root::0:0") });
  });

  it("says of a value that no process can be started with what is wrong, as Docker, or refuses the request", async () => {
    const started = (length: number) => attempt(suite, { Env: [`BIG=${"x".repeat(length)}`], Cmd: ["true"] });

    expect(await started(10 << 20)).toMatchObject({ status: 400, message: expect.stringContaining("larger than") });
    for (const length of [3 << 20, 200_000])
      expect(await started(length)).toMatchObject({ output: "exec /bin/true: argument list too long\n", exitCode: 1 });
    expect(await started(100_000)).toMatchObject({ output: "", exitCode: 0 });
  });
}
