import { expect, it } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { file, symlink, tarOf } from "../../harness/images/tar-layer.ts";
import { runProgram } from "../../harness/program.ts";
import type { Suite } from "../../harness/suite.ts";
import { attempt, outputOf } from "./attempt.ts";
import { hostileConfigs, hostileRoots, hostileUsers } from "./images.ts";

/** Rows D1 to D13: what an image says is never taken for an order. */
export function imageConfigurationTests(suite: Suite, canary: () => Promise<string>): void {
  const sh = (script: string) => ["sh", "-c", script];

  it.each([
    "/proc/self/fd/7",
    "/proc/self/fd/../fd/20",
    "/proc/1/root",
    "/proc/thread-self/cwd",
    "/x/../proc/self/fd/3",
  ])("refuses to start a process in %s", async (WorkingDir) => {
    expect(await attempt(suite, { WorkingDir, Cmd: ["pwd"] })).toMatchObject({
      status: 400,
      message: expect.stringContaining("working directory"),
    });
  });

  it.each(["/up", "/up/inside", "/../../inside", "/not/yet/there"])(
    "keeps a process that starts in %s inside",
    async (WorkingDir) => {
      const Image = suite.image("links");

      const { status, output } = await attempt(suite, {
        Image,
        WorkingDir,
        Cmd: sh("pwd -P; ls -d /proc/self/fd/*; ls /bin/busybox"),
      });

      expect(status).toBe(204);
      // Complaints of `ls` come through another pipe, before or after.
      expect(output).toMatch(/^\/(inside|not\/yet\/there)?$/m);
      expect(output).toContain("/bin/busybox");
    },
  );

  it("refuses an exec in a folder that a descriptor leads to", async () => {
    const { body } = await suite.api("POST", "/containers/create", {
      Image: suite.image("links"),
      Cmd: ["sleep", "600"],
    });
    await suite.api("POST", `/containers/${body.Id}/start`);

    for (const WorkingDir of ["/proc/self/fd/7", "/proc/1/cwd"]) {
      expect((await suite.tdock(["exec", "-w", WorkingDir, body.Id, "pwd"])).exitCode).not.toBe(0);
    }
    expect((await suite.tdock(["exec", "-w", "/up", body.Id, "pwd", "-P"])).stdout).toBe("/\n");
  });

  it.each(hostileUsers)("does not take the user %j for root", async (User) => {
    const { status, message, output } = await attempt(suite, { Image: suite.image("users"), User, Cmd: ["id", "-u"] });

    // A name may be what the image's own passwd says; a number is never looked up there.
    if (/^[+-]?\d+(:|$)/.test(User) || User.includes(":"))
      expect([status, message]).toEqual([400, expect.stringMatching(/uid|user|group/)]);
    else expect(status === 400 || output === "0\n").toBe(true);
  });

  it("refuses a passwd that is a FIFO, which the runtime would wait for, or too large", async () => {
    expect(await attempt(suite, { Image: suite.image("fifo"), Cmd: ["true"] })).toMatchObject({
      status: 400,
      message: expect.stringContaining("/etc/passwd of the image is no regular file"),
    });
    expect(await attempt(suite, { Image: suite.image("large"), Cmd: ["true"] })).toMatchObject({
      status: 400,
      message: expect.stringContaining("larger than"),
    });
  });

  it("looks no user up in a passwd of the host that a link leads to", async () => {
    expect(await attempt(suite, { Image: suite.image("passwd-link"), User: "daemon", Cmd: ["true"] })).toMatchObject({
      status: 400,
      message: "unable to find user daemon: no matching entries in passwd file",
    });
  });

  it("gives a user the groups that Docker gives: all by name or number, those alone that were named", async () => {
    const start = { Image: suite.image("grouped"), Cmd: ["sleep", "600"], User: "worker" };
    const { Id } = (await suite.api("POST", "/containers/create", start)).body;
    await suite.api("POST", `/containers/${Id}/start`);

    // As seen of docker 20.10.
    const expected = { worker: "1001 11 12", 1000: "1001 11 12", "1000:12": "12", "worker:first": "11", 4242: "0" };
    for (const [User, groups] of Object.entries(expected)) {
      const run = await attempt(suite, { Image: suite.image("grouped"), User, Cmd: ["id", "-G"] });
      const exec = await suite.mustTdock(["exec", "-u", User, Id, "id", "-G"]);
      expect([User, run.output.trim(), exec]).toEqual([User, groups, groups]);
    }
    await suite.api("DELETE", `/containers/${Id}?force=1`);
  });

  it.each(Object.keys(hostileConfigs))("refuses a container of an image with %s", async (name) => {
    const { status, message } = await attempt(suite, { Image: suite.image(name), Cmd: ["true"] });

    expect([status, message]).toEqual([400, expect.stringMatching(/\w/)]);
  });

  it("fills a volume with what the root has, never with what a link to the host leads to", async () => {
    const { status, output } = await attempt(suite, { Image: suite.image("lure"), Cmd: sh("ls -A /data/") });

    expect(status === 204 ? output : "").toBe("");
  });

  it("keeps an image's labels to itself: containerd's restart monitor sees none", async () => {
    const { body } = await suite.api("POST", "/containers/create", { Image: suite.image("labels"), Cmd: ["true"] });
    await suite.api("POST", `/containers/${body.Id}/start`);
    const socket = `${suite.tdockd.layout.execRoot}/containerd/containerd.sock`;

    const known = await runProgram("ctr", ["-a", socket, "-n", "tdock", "containers", "info", body.Id]);

    expect(known.stdout).not.toContain("restart.status");
    expect((await suite.api("GET", `/containers/${body.Id}/json`)).body.Config.Labels).toHaveProperty([
      "containerd.io/restart.status",
    ]);
    expect((await runProgram("test", ["-e", "/tmp/tdk-marker"])).exitCode).toBe(1);
  });

  it("hands environment entries with newlines on as they are, and writes them to no file", async () => {
    const { output } = await attempt(suite, { Image: suite.image("newline"), Cmd: sh("cat /etc/passwd; echo $A") });

    expect(output).not.toContain("root::0:0");
    expect(output).toMatch(/\n2\n$/);
  });

  it.each(Object.keys(hostileRoots))("refuses to start a root with %s", async (name) => {
    const { status, message } = await attempt(suite, { Image: suite.image(name), Cmd: ["true"] });

    expect([status, message]).toEqual([
      400,
      expect.stringMatching(/^refusing to start: \/(dev|proc|sys) of the image is/),
    ]);
  });

  it("starts a root that has neither /dev nor /proc nor /sys", async () => {
    const { output } = await attempt(suite, {
      Image: suite.image("bare"),
      Cmd: ["ls", "-d", "/dev/null", "/proc/self", "/sys/class"],
    });

    expect(output.trim().split("\n")).toHaveLength(3);
  });

  it("refuses a root whose /proc was made a link before its first start", async () => {
    const { body } = await suite.api("POST", "/containers/create", { Image: suite.image("bare"), Cmd: ["true"] });
    // Another of the same image has started, so that the engine might believe that it knows the root.
    await attempt(suite, { Image: suite.image("bare"), Cmd: ["true"] });
    const archive = await tarOf([symlink("proc", "/tmp")]);
    expect((await suite.api("PUT", `/containers/${body.Id}/archive?path=/`, archive)).status).toBe(200);

    const { status, body: answer } = await suite.api("POST", `/containers/${body.Id}/start`);

    expect([status, answer.message]).toEqual([400, expect.stringContaining("/proc of the image is a symbolic link")]);
    await suite.api("DELETE", `/containers/${body.Id}`);
  });

  it("writes hosts, hostname and resolv.conf over links of the root without following them", async () => {
    const script = "echo more >> /etc/hosts; cat /etc/hostname /etc/resolv.conf /.dockerenv";

    const { output } = await attempt(suite, { Image: suite.image("links"), Cmd: sh(script) });

    expect(output).not.toContain(await canary());
  });

  it("puts hosts, hostname and resolv.conf over FIFOs of the root, waiting for none of them", async () => {
    const Image = suite.image("fifos");
    const Cmd = sh("grep -c localhost /etc/hosts; cat /etc/hostname; test -f /etc/resolv.conf; exec sleep 600");
    const { Id } = (await suite.api("POST", "/containers/create", { Image, Hostname: "named", Cmd })).body;
    const stopped = () => suite.api("GET", `/containers/${Id}/archive?path=/etc/mtab`);
    expect((await stopped()).status).toBe(200);
    expect((await suite.api("POST", `/containers/${Id}/start`)).status).toBe(204);

    await eventually(async () => expect(await outputOf(suite, Id)).toBe("1\nnamed\n"));

    const archive = await tarOf([file("mtab", "none\n")]);
    expect((await suite.api("PUT", `/containers/${Id}/archive?path=/etc`, archive)).status).toBe(200);
    expect(await suite.mustTdock(["exec", Id, "cat", "/etc/mtab"])).toBe("none");
    for (const path of ["archive?path=/.dockerenv", "archive?path=/etc", "export"])
      expect((await suite.api("GET", `/containers/${Id}/${path}`)).status).toBe(200);
    await suite.api("DELETE", `/containers/${Id}?force=1`);
    const stdin = `FROM ${Image}\nRUN test -f /etc/hosts && test -p .dockerenv\n`;
    await suite.mustTdock(["rmi", await suite.mustTdock(["build", "-q", "-"], { stdin })]);
  });

  it("refuses to start a root in which they are folders", async () => {
    const { status, message } = await attempt(suite, { Image: suite.image("folders"), Cmd: ["true"] });

    expect([status, message]).toEqual([400, expect.stringMatching(/\/etc\/resolv.conf.*not a directory/)]);
    const stdin = `FROM ${suite.image("folders")}\nRUN true\n`;
    expect((await suite.tdock(["build", "-q", "-"], { stdin })).exitCode).toBe(1);
  });

  it("gives no container what its image wishes for", async () => {
    const { output } = await attempt(suite, {
      Image: suite.image("wishes"),
      Cmd: sh("grep -E 'CapEff|Seccomp:' /proc/self/status"),
    });

    expect(output).toMatch(/CapEff:\s+00000000a80425fb\nSeccomp:\s+2\n/);
  });

  it("keeps little of a health check that prints without end, and stop and rm are quick", async () => {
    const Healthcheck = { Test: ["CMD-SHELL", "yes & yes"], Interval: 100e6, Timeout: 400e6, Retries: 1 };
    const { body } = await suite.api("POST", "/containers/create", {
      Image: suite.busybox,
      Cmd: ["sleep", "600"],
      Healthcheck,
    });
    await suite.api("POST", `/containers/${body.Id}/start`);

    const health = await eventually(async () => {
      const { Health } = (await suite.api("GET", `/containers/${body.Id}/json`)).body.State;
      expect(Health.Status).toBe("unhealthy");
      return Health;
    });

    for (const { Output } of health.Log) expect(Output.length).toBeLessThanOrEqual(4200);
    expect((await suite.api("DELETE", `/containers/${body.Id}?force=1`)).status).toBe(204);
  });
}
