import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ContainerProcess } from "./testing/container-process.ts";
import { eventually } from "./testing/eventually.ts";
import { both, readAll, runUnder } from "./testing/run-under.ts";
import { RunningKeeper } from "./testing/running-keeper.ts";

describe("tdock-keeper", () => {
  it("has all that was written before the exit in the log when forget resolves", async () => {
    await using keeper = new RunningKeeper();

    for (let round = 0; round < 50; round++) {
      const request = keeper.request(`c${round}`);
      const script = round % 2 === 0 ? "printf x" : "head -c 65536 /dev/zero | tr '\\0' y; printf z >&2";
      await runUnder(keeper, request, script);
      const { stdout, stderr } = await readAll(keeper, request);
      expect([stdout.length, stderr]).toEqual(round % 2 === 0 ? [1, ""] : [65536, "z"]);
    }
  });

  it("keeps socket, state, FIFOs and log from everybody but root", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

    expect(mode(join(keeper.folder, "keeper.sock"))).toBe("600");
    expect(mode(join(keeper.folder, "keeper"))).toBe("700");
    expect(mode(join(keeper.folder, "keeper/held/c.json"))).toBe("600");
    expect(mode(request.stdoutPath)).toBe("600");
    expect(mode(dirname(request.stdoutPath))).toBe("700");
    expect(mode(request.log.path)).toBe("600");
  });

  it("does not wait longer than drainMs for a child that keeps the pipe open", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);
    using container = await ContainerProcess.start(request, "echo parent; sleep 600");
    await keeper.client.started(request);
    await eventually(() => statSync(request.log.path).size > 0);

    await keeper.client.forget({ id: "c", drainMs: 100 });

    expect(container.hasEnded).toBe(false);
    expect((await readAll(keeper, request)).stdout).toBe("parent\n");
  });

  it("loses and doubles no line for ten followers over a hundred rotations", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c", { options: { "max-size": "20k", "max-file": "5" } });
    await keeper.client.open(request);
    const follow = () => keeper.client.logs({ ...both, raw: true, id: "c", log: request.log, follow: true });
    const followers = await Promise.all(Array.from({ length: 10 }, follow));
    const read = followers.map((follower) => buffer(follower));
    const lines =
      "i=0; while [ $i -lt 100 ]; do seq -f 'line %.0f of a log that rotates' $((i*600+1)) $((i*600+600)); i=$((i+1)); sleep 0.02; done";

    await runUnder(keeper, request, lines);

    const expected = Array.from({ length: 60_000 }, (_, index) => `line ${index + 1} of a log that rotates\n`).join("");
    for (const bytes of await Promise.all(read)) expect(bytes.toString() === expected).toBe(true);
  });

  it("writes json-file logs as Docker does, with long lines in 16 KiB parts", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c", { driver: "json-file", attributes: { app: "web" } });
    const script = "printf 'a\\t<b>\\n'; head -c 20000 /dev/zero | tr '\\0' x; echo; printf err >&2";

    await runUnder(keeper, request, script);

    const lines = readFileSync(request.log.path, "utf8").trimEnd().split("\n");
    const parsed = lines.map((line) => JSON.parse(line) as { log: string; stream: string });
    expect(lines[0]).toMatch(
      /^\{"log":"a\\u0009\\u003cb\\u003e\\n","stream":"stdout","attrs":\{"app":"web"\},"time":"[-\d]+T[:.\d]+Z"\}$/,
    );
    expect(parsed.filter((line) => line.stream === "stdout").map((line) => line.log.length)).toEqual([6, 16384, 3617]);
    expect(parsed.find((line) => line.stream === "stderr")?.log).toBe("err");
  });

  it("cannot read back a log of the driver none, but attaches to it", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c", { driver: "none" });
    const attached = buffer(await keeper.client.attach({ id: "c", ...both, raw: true }));

    await runUnder(keeper, request, "echo seen");

    expect((await attached).toString()).toBe("seen\n");
    await expect(readAll(keeper, request)).rejects.toMatchObject({
      code: "not-implemented",
      message: "configured logging driver does not support reading",
    });
  });

  it("takes a repeated open for the same, and refuses one with other paths", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);

    await keeper.client.open(request);

    const other = { ...request, stdoutPath: `${request.stdoutPath}2` };
    await expect(keeper.client.open(other)).rejects.toMatchObject({ code: "conflict" });
    expect(await keeper.client.list()).toHaveLength(1);
  });

  it("opens once when two ask at the same time", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");

    await Promise.all([keeper.client.open(request), keeper.client.open(request)]);

    using container = await ContainerProcess.start(request, "echo once");
    await keeper.client.started(request);
    await container.ended;
    await keeper.client.forget(request);
    expect((await readAll(keeper, request)).stdout).toBe("once\n");
  });

  it("opens again, for the next run, what is still being drained", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");
    await keeper.client.open(request);
    using _child = await ContainerProcess.start(request, "echo first; sleep 600");
    await keeper.client.started(request);

    const forgotten = keeper.client.forget({ id: "c", drainMs: 300 });
    await Promise.all([forgotten, runUnder(keeper, request, "echo second")]);

    expect((await readAll(keeper, request)).stdout).toBe("first\nsecond\n");
  });

  it("refuses a key that is no ID", async () => {
    await using keeper = new RunningKeeper();
    const request = { ...keeper.request("c"), id: "../c" };

    await expect(keeper.client.open(request)).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it("leaves no FIFO and no folder of one behind", async () => {
    await using keeper = new RunningKeeper();
    const request = keeper.request("c");

    await runUnder(keeper, request, "true");

    expect(existsSync(dirname(request.stdoutPath))).toBe(false);
  });

  it("ends the readers that wait for a container whose start failed", async () => {
    await using keeper = new RunningKeeper();
    const waiting = buffer(await keeper.client.attach({ id: "c", ...both }));
    await keeper.client.list();

    await keeper.client.forget({ id: "c" });

    expect((await waiting).length).toBe(0);
  });
});
