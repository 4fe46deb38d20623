import { once } from "node:events";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("restart policies and those who stop and start by hand", (suite) => {
  const { mustTdock } = suite;
  const inspect = async (name: string) => JSON.parse(await mustTdock(["inspect", "-f", "{{json .}}", name]));
  const state = async (name: string) => (await inspect(name)).State;
  let serial = 0;
  /** Gives the container's name, which no other attempt at the same test has used. */
  const run = async (prefix: string, flags: readonly string[], script: string) => {
    const name = `${prefix}-${++serial}`;
    await mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sh", "-c", script]);
    return name;
  };
  const until = (seconds: number) => `--until=${(Date.now() / 1000 + seconds).toFixed(3)}`;
  /** What happened to a container until so many seconds from now. */
  const eventsOf = async (name: string, seconds = 0) =>
    (await mustTdock(["events", "--since=0", until(seconds), "-f", `container=${name}`, "--format={{.Action}}"]))
      .split("\n")
      .filter((action) => ["start", "die", "stop"].includes(action));

  it("stop ends a container for good while its policy is just starting it", async () => {
    for (let round = 0; round < 6; round += 1) {
      const crashing = await run("crashing", ["--restart=always"], "exit 1");
      await eventually(async () => expect((await inspect(crashing)).RestartCount).toBeGreaterThan(0));

      await mustTdock(["stop", "-t", "0", crashing]);

      const events = await eventsOf(crashing, 1);
      expect(events.at(-1)).toBe("stop");
      expect(await state(crashing)).toMatchObject({ Status: "exited", Running: false });
      await mustTdock(["rm", crashing]);
    }
  });

  it("wait ends when a container that waits for its restart is stopped", async () => {
    const waiting = await run("waiting", ["--restart=always"], "exit 3");
    await eventually(async () => expect((await inspect(waiting)).RestartCount).toBeGreaterThan(3));
    await eventually(async () => expect((await state(waiting)).Status).toBe("restarting"));
    const waits = suite.api("POST", `/containers/${waiting}/wait`);

    await mustTdock(["stop", waiting]);

    expect((await waits).body).toMatchObject({ StatusCode: 3 });
  });

  it("kill ends the wait of a container for its restart; a signal that means something else does not", async () => {
    const doomed = await run("doomed", ["--restart=always", "--stop-signal=QUIT"], "exit 3");
    const isWaiting = () => eventually(async () => expect((await state(doomed)).Status).toBe("restarting"));
    await eventually(async () => expect((await inspect(doomed)).RestartCount).toBeGreaterThan(3));
    await isWaiting();
    await mustTdock(["kill", "-s", "HUP", doomed]);
    await eventually(async () => expect((await inspect(doomed)).RestartCount).toBeGreaterThan(4));
    await isWaiting();

    await mustTdock(["kill", doomed]);

    await eventually(async () => expect(await state(doomed)).toMatchObject({ Status: "exited", ExitCode: 3 }));
    expect((await eventsOf(doomed, 1)).at(-1)).toBe("die");
  });

  it("on-failure counts anew when the container is started by hand", async () => {
    const isOver = (starts: number) =>
      eventually(async () => {
        expect((await eventsOf(counted)).filter((action) => action === "start")).toHaveLength(starts);
        expect(await state(counted)).toMatchObject({ Status: "exited", ExitCode: 4 });
      });
    const counted = await run("counted", ["--restart=on-failure:2"], "exit 4");
    await isOver(3);

    await mustTdock(["start", counted]);

    await isOver(6);
    expect((await inspect(counted)).RestartCount).toBe(2);
  });

  it("a signal that is not the stop signal does not end the policy", async () => {
    const script = 'trap "exit 5" HUP; echo ready; while :; do sleep 0.05; done';
    const reloading = await run("reloading", ["--restart=always", "--stop-signal=QUIT"], script);
    await eventually(async () => expect(await mustTdock(["logs", reloading])).toBe("ready"));

    await mustTdock(["kill", "-s", "HUP", reloading]);

    await eventually(async () => {
      const { RestartCount, State } = await inspect(reloading);
      expect([RestartCount, State.Status]).toEqual([1, "running"]);
    });
    await mustTdock(["kill", "-s", "KILL", reloading]);
    await eventually(async () => expect((await state(reloading)).Status).toBe("exited"));
  });

  it("restart tells in inspect why the container did not start", async () => {
    const missing = await mustTdock(["create", suite.busybox, "/no/such/command"]);

    const { status } = await suite.api("POST", `/containers/${missing}/restart`);

    expect(status).toBe(400);
    expect(await state(missing)).toMatchObject({ ExitCode: 127, Error: expect.stringContaining("/no/such/command") });
  });

  it("restart by two at once does not take a --rm container away", async () => {
    const kept = await run("kept", ["--rm"], "exec sleep 1000");

    const answers = await Promise.all(
      Array.from({ length: 6 }, () => suite.api("POST", `/containers/${kept}/restart?t=0`)),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 204));
    expect((await state(kept)).Status).toBe("running");
  });

  it("stop waits for as long as it is told, also for longer than a timer of Node's can", async () => {
    const slow = await run("slow", [], 'trap "sleep 0.3; exit 6" TERM; echo ready; while :; do sleep 0.05; done');
    await eventually(async () => expect(await mustTdock(["logs", slow])).toBe("ready"));

    await suite.api("POST", `/containers/${slow}/stop?t=9999999`);

    expect((await state(slow)).ExitCode).toBe(6);
  });

  it("events that are to end in months do not end before", async () => {
    const until = Math.floor(Date.now() / 1000) + 40 * 24 * 3600;
    const end = new AbortController();
    const filters = encodeURIComponent(JSON.stringify({ volume: ["later"] }));
    const { body } = await suite.tdockd.apiStream("GET", `/events?until=${until}&filters=${filters}`, undefined, {
      signal: end.signal,
    });

    await mustTdock(["volume", "create", "later"]);

    const [first] = await once(body, "data");
    expect(JSON.parse(String(first))).toMatchObject({ Type: "volume", Action: "create" });
    expect(body.readableEnded).toBe(false);
    end.abort();
  });
});
