import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { programs } from "../harness/instance/programs.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("events of containers", (suite) => {
  const { mustTdock } = suite;
  const events = async (...flags: string[]) =>
    (await mustTdock(["events", "--since=0", "--until=0s", ...flags])).split("\n").filter((line) => line !== "");
  const actions = (...filters: string[]) =>
    events("--format={{.Action}}", ...["type=container", ...filters].flatMap((filter) => ["--filter", filter]));
  const happens = (...wanted: string[]) =>
    eventually(async () => expect(await actions()).toEqual(expect.arrayContaining(wanted)));

  /** As clients do that leave the looking for the keys to the engine. */
  const attachAndDetach = async (name: string) => {
    const head = `POST /containers/${name}/attach?stream=1&stdin=1&stdout=1&detachKeys=ctrl-e,e HTTP/1.1`;
    const stdin = `${head}\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n\x05e`;
    expect((await suite.tdock(["system", "dial-stdio"], { stdin })).stdout).toContain("101 ");
  };

  it("tell every action, each once it has happened", async () => {
    const health = ["--health-cmd=test ! -e /sick", "--health-interval=500ms", "--health-retries=1"];

    await mustTdock(["create", "-it", "--name=busy", ...health, suite.busybox, "sh"]);
    await mustTdock(["start", "busy"]);
    await happens("create", "start", "health_status: healthy");
    await mustTdock(["exec", "busy", "touch", "/sick"]);
    await happens("exec_create: touch /sick", "exec_start: touch /sick", "exec_die", "health_status: unhealthy");
    await attachAndDetach("busy");
    {
      using terminal = openTerminal(programs.tdock, ["attach", "busy"], { env: suite.tdockd.clientEnv });
      await terminal.waitFor("#");
    }
    await happens("attach", "resize", "detach");
    await mustTdock(["rename", "busy", "busier"]);
    await mustTdock(["pause", "busier"]);
    await mustTdock(["unpause", "busier"]);
    await mustTdock(["top", "busier"]);
    await mustTdock(["update", "--memory=64m", "--memory-swap=64m", "busier"]);
    await mustTdock(["cp", "busier:/etc/passwd", "-"]);
    await mustTdock(["cp", programs.tdock, "busier:/tmp"]);
    await mustTdock(["export", "-o", "/dev/null", "busier"]);
    await happens("rename", "pause", "unpause", "top", "update", "archive-path", "extract-to-dir", "export");
    await mustTdock(["restart", "-t0", "busier"]);
    await mustTdock(["kill", "busier"]);
    await mustTdock(["wait", "busier"]);
    await mustTdock(["start", "busier"]);
    await mustTdock(["stop", "-t0", "busier"]);
    await mustTdock(["rm", "busier"]);
    await happens("restart", "kill", "die", "stop", "destroy");
    expect((await actions()).filter((action) => action === "stop").length).toBe(2);
    await mustTdock(["container", "prune", "-f"]);
    await happens("prune");
  });

  it("tell that a container ran out of memory", async () => {
    await mustTdock(["run", "-d", "--name=hungry", "-m", "16m", suite.busybox, "sh", "-c", "tail /dev/zero"]);
    await mustTdock(["wait", "hungry"]);

    await eventually(async () => expect(await actions("container=hungry")).toEqual(["create", "start", "oom", "die"]));
  });

  it.each(["", "--no-pause", "--pause=false"])("tell of a commit %s, and that it pauses what runs", async (flag) => {
    const name = `${flag.length}-written`;
    await mustTdock(["run", "-d", "--name", name, suite.busybox, "sleep", "600"]);

    const { stderr } = await suite.tdock(["commit", ...(flag ? [flag] : []), name, `made${name.length}`]);

    expect(await actions(`container=${name}`)).toEqual(["create", "start", "pause", "unpause", "commit"]);
    expect(await events("--filter=event=tag", "--format={{.Actor.Attributes.name}}")).toContain(
      `made${name.length}:latest`,
    );
    expect(stderr.includes("is paused while its files are read")).toBe(flag !== "");
  });

  it("are found by container, action, label, image and time, and carry exit code, name and labels", async () => {
    await mustTdock(["run", "--name=found", "-l", "a=b", suite.busybox, "sh", "-c", "exit 9"]).catch(() => {});
    const die = ["--filter=event=die", "--format={{json .}}"];
    const [found, ...others] = await events("--filter=label=a=b", ...die);
    const { Type, Action, Actor, scope, time, timeNano } = JSON.parse(found ?? "");

    expect({ Type, Action, scope, others }).toEqual({ Type: "container", Action: "die", scope: "local", others: [] });
    expect(Actor.Attributes).toMatchObject({ exitCode: "9", name: "found", image: suite.busybox, a: "b" });
    expect(Math.floor(timeNano / 1e9)).toBe(time);
    expect(await events("--filter=container=found", ...die)).toEqual([found]);
    expect(await events("--filter=container=found", `--filter=image=${suite.busybox}`, ...die)).toEqual([found]);
    expect(await events("--filter=container=found", "--filter=label=a=b", "--filter=label=c", ...die)).toEqual([]);
    expect(await events("--filter=container=fou", ...die)).toEqual([found]);
    expect(await mustTdock(["events", "--until=0s", "--filter=container=found", ...die])).toBe(found);
    expect(await events("--filter=container=found", ...die, `--since=${time + 5}`)).toEqual([]);
  });

  it("outlive a restart of tdockd, and its death", async () => {
    const before = await events("--format={{json .}}");
    await suite.tdockd.stop();
    await suite.tdockd.start();
    const afterStop = await events("--format={{json .}}");
    await mustTdock(["create", "--name=last", suite.busybox]);
    await suite.tdockd.stop("SIGKILL");
    await suite.tdockd.start();

    expect(before.length).toBeGreaterThan(40);
    expect(afterStop).toEqual(before);
    expect(await actions("container=last")).toEqual(["create"]);
  });
});
