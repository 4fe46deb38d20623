import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { programs } from "../harness/instance/programs.ts";
import { systemSuite } from "../harness/suite.ts";
import { openTerminal } from "../harness/terminal.ts";

systemSuite("flags of the commands on containers", (suite) => {
  const { mustTdock } = suite;
  const running = (name: string, ...flags: string[]) =>
    mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sleep", "600"]);
  let id = "";
  beforeAll(async () => {
    id = await running("steady", "-l", "role=front", "-e", "MODE=fast", "--log-opt=labels=role", "--log-opt=env=MODE");
  });

  it("ps shows the newest, sizes, and whole IDs", async () => {
    await mustTdock(["create", "--name=newest", suite.busybox]);

    expect(await mustTdock(["ps", "-l", "--format={{.Names}}"])).toBe("newest");
    expect((await mustTdock(["ps", "-n", "2", "--format={{.Names}}"])).split("\n")).toEqual(["newest", "steady"]);
    expect(await mustTdock(["ps", "-q", "--no-trunc"])).toBe(id);
    expect(await mustTdock(["ps", "-q"])).toBe(id.slice(0, 12));
    expect(await mustTdock(["ps", "-s", "--format={{.Size}}"])).toMatch(/^[\d.]+k?B \(virtual [\d.]+MB\)$/);
    await mustTdock(["rm", "newest"]);
  });

  it("inspect tells sizes when asked, and looks only among objects of a type", async () => {
    await mustTdock(["volume", "create", "steady"]);

    expect(await mustTdock(["inspect", "-s", "-f", "{{.SizeRw}} {{.SizeRootFs}}", "steady"])).toMatch(/^\d+ [1-9]\d+$/);
    expect(await mustTdock(["inspect", "--type=volume", "-f", "{{.Name}} {{.Driver}}", "steady"])).toBe("steady local");
    expect(await mustTdock(["inspect", "--type=container", "-f", "{{.Id}}", "steady"])).toBe(id);
    expect((await suite.tdock(["inspect", "--type=image", "steady"])).exitCode).toBe(1);
    await mustTdock(["volume", "rm", "steady"]);
  });

  it("logs --details shows the labels and variables that the log options name", async () => {
    const options = ["-l", "role=back end (new)", "-e", "MODE=slow", "--log-opt=labels=role", "--log-opt=env=MODE"];
    await mustTdock(["run", "--name=labelled", ...options, suite.busybox, "echo", "line"]);

    expect(await mustTdock(["logs", "--details", "labelled"])).toBe("MODE=slow,role=back+end+%28new%29 line");
    expect(await mustTdock(["logs", "labelled"])).toBe("line");
  });

  it("logs --details shows what regular expressions choose, and the tag", async () => {
    const chosen = [
      "--log-opt=labels-regex=^app\\.",
      "--log-opt=env-regex=^(MODE|LEVEL)$",
      "--log-opt=tag={{.Name}}/{{.ID}}",
    ];
    const given = ["-l", "app.role=front", "-l", "other=1", "-e", "MODE=slow", "-e", "LEVEL=3", "-e", "NOT_MODE=4"];
    await mustTdock(["run", "--name=tagged", ...given, ...chosen, suite.busybox, "echo", "line"]);
    const tagged = await mustTdock(["inspect", "-f", "{{.Id}}", "tagged"]);

    expect(await mustTdock(["logs", "--details", "tagged"])).toBe(
      `LEVEL=3,MODE=slow,app.role=front,tag=tagged%2F${tagged.slice(0, 12)} line`,
    );
  });

  it.each([
    ["labels-regex=(", "log opt 'labels-regex': Invalid regular expression"],
    ["env-regex=[", "log opt 'env-regex': Invalid regular expression"],
    ["tag={{.Nonsense}}", "log opt 'tag': wanted {{.ID}}, "],
    ["tag={{.constructor}}", "got {{.constructor}}"],
  ])("create refuses --log-opt %s", async (option, message) => {
    const { exitCode, stderr } = await suite.tdock(["create", `--log-opt=${option}`, suite.busybox]);

    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it("stats shows what has stopped with -a, and whole IDs", async () => {
    await mustTdock(["create", "--name=idle", suite.busybox]);
    const rows = (...flags: string[]) => mustTdock(["stats", "--no-stream", "--format={{.ID}} {{.Name}}", ...flags]);

    expect(await rows()).toBe(`${id.slice(0, 12)} steady`);
    expect(await rows("--no-trunc")).toBe(`${id} steady`);
    expect(await rows("-a")).toMatch(/^[0-9a-f]{12} idle$/m);
    await mustTdock(["rm", "idle"]);
  });

  it("stats are a stream of objects, one object after two samples, or one at once", async () => {
    const { body } = await suite.tdockd.apiStream("GET", `/containers/${id}/stats`);
    const [first, second] = await Array.fromAsync(firstLines(body, 2), (line) => JSON.parse(line));
    const two = (await suite.api("GET", `/containers/${id}/stats?stream=0`)).body;
    const one = (await suite.api("GET", `/containers/${id}/stats?stream=0&one-shot=1`)).body;

    expect(second.precpu_stats).toEqual(first.cpu_stats);
    expect(second.preread).toBe(first.read);
    expect(two.precpu_stats.system_cpu_usage).toBeLessThan(two.cpu_stats.system_cpu_usage);
    expect(one.precpu_stats.cpu_usage.total_usage).toBe(0);
    for (const sample of [second, two, one]) {
      expect(sample).toMatchObject({ id, name: "/steady", pids_stats: { current: 1 } });
      expect(sample.memory_stats.usage).toBeGreaterThan(0);
    }
  });

  it.each(["not-running", "next-exit", "removed"])("wait until %s gives the exit code", async (condition) => {
    const wanted = ["run", "-d", ...(condition === "removed" ? ["--rm"] : []), "-i", suite.busybox];
    const one = await mustTdock([...wanted, "sh", "-c", "trap 'exit 6' TERM; while sleep 0.05; do :; done"]);
    const { statusCode, body } = await suite.tdockd.apiStream("POST", `/containers/${one}/wait?condition=${condition}`);

    await mustTdock(["kill", "-s", "TERM", one]);

    expect([statusCode, JSON.parse(await text(body))]).toEqual([200, { StatusCode: 6 }]);
    const isThere = (await suite.api("GET", `/containers/${one}/json`)).status === 200;
    expect(isThere).toBe(condition !== "removed");
  });

  it.each(["next-exit", "removed"])("wait until %s leaves it to the start to say why it failed", async (condition) => {
    const flags = condition === "removed" ? ["--rm"] : [];
    const one = await mustTdock(["create", ...flags, suite.busybox, "no-such-command"]);
    const { body } = await suite.tdockd.apiStream("POST", `/containers/${one}/wait?condition=${condition}`);

    const { stderr } = await suite.tdock(["start", one]);

    expect(stderr).toContain("no-such-command");
    expect(JSON.parse(await text(body))).toEqual({ StatusCode: 127 });
    if (condition !== "removed") await mustTdock(["rm", one]);
  });

  it("start -ai leaves a terminal with the detach keys that it is given", async () => {
    await mustTdock(["create", "-it", "--name=typed", suite.busybox, "sh"]);
    using terminal = openTerminal(programs.tdock, ["start", "-ai", "--detach-keys=ctrl-x,x", "typed"], {
      env: suite.tdockd.clientEnv,
    });
    terminal.type("echo $((6*7))\r");
    await terminal.waitFor("42");

    terminal.type("\x18x");

    expect(await terminal.exit).toBe(0);
    expect(await mustTdock(["inspect", "-f", "{{.State.Status}}", "typed"])).toBe("running");
  });

  it.each(["stop", "restart"])("%s sends the signal that it is given", async (command) => {
    const script = "trap 'echo usr2; exit 3' USR2; echo ready; while sleep 0.05; do :; done";
    const one = await mustTdock(["run", "-d", suite.busybox, "sh", "-c", script]);
    await eventually(async () => expect(await mustTdock(["logs", one])).toBe("ready"));

    await mustTdock([command, "-s", "USR2", "-t", "30", one]);

    expect(await mustTdock(["logs", one])).toContain("ready\nusr2");
    await mustTdock(["rm", "-f", one]);
  });

  it("cp keeps owners with -a, follows a link with -L, and says nothing with -q", async () => {
    const folder = join(suite.tdockd.layout.root, "copied");
    await mkdir(folder);
    await writeFile(join(folder, "file"), "content");
    const look = (path: string) => mustTdock(["exec", "steady", "stat", "-c", "%u:%g", path]);
    await mustTdock(["exec", "steady", "sh", "-c", "echo theirs > /theirs; chown 12:34 /theirs; ln -s /theirs /link"]);

    const quiet = await suite.tdock(["cp", "-q", join(folder, "file"), "steady:/mine"]);
    await mustTdock(["cp", "-a", "steady:/theirs", join(folder, "theirs")]);
    await mustTdock(["cp", "-a", join(folder, "theirs"), "steady:/back"]);
    await mustTdock(["cp", "-L", "steady:/link", join(folder, "followed")]);

    expect(quiet).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect([await look("/mine"), await look("/back")]).toEqual(["0:0", "12:34"]);
    expect(await readFile(join(folder, "followed"), "utf8")).toBe("theirs\n");
  });

  it("export writes a file with -o, and rm -v takes anonymous volumes along", async () => {
    const archive = join(suite.tdockd.layout.root, "exported.tar");
    await mustTdock(["run", "--name=leaving", "-v", "/data", suite.busybox, "sh", "-c", "echo made > /made"]);
    const volume = await mustTdock(["inspect", "-f", "{{(index .Mounts 0).Name}}", "leaving"]);

    await mustTdock(["export", "-o", archive, "leaving"]);
    await mustTdock(["rm", "-v", "leaving"]);

    expect((await readFile(archive)).includes("made\n")).toBe(true);
    expect((await suite.api("GET", `/volumes/${volume}`)).status).toBe(404);
  });
});

/** The first lines of a stream, which is then let go of. */
async function* firstLines(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<string> {
  let rest = "";
  let left = count;
  for await (const chunk of source) {
    const lines = (rest + Buffer.from(chunk).toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      yield line;
      left -= 1;
      if (left === 0) return;
    }
  }
}
