import { readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { shortName } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

const nowSeconds = Math.floor(Date.now() / 1000);
/** How far the server's clock is from everybody else's, in seconds. */
const jumps = {
  "an hour ahead": 3600,
  "an hour back": -3600,
  "to 1970": 100_000 - nowSeconds,
  "beyond 2038": 2_300_000_000 - nowSeconds,
} as const;
const clockFile = `/tmp/tdock-clock-${shortName()}`;
const setClock = (seconds: number) => writeFileSync(clockFile, `${seconds < 0 ? "" : "+"}${seconds}`);
setClock(0);

systemSuite(
  "a wall clock that jumps under tdockd alone",
  (suite) => {
    const { api, mustTdock } = suite;
    const run = (name: string, flags: readonly string[], script: string) =>
      mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sh", "-c", script]);
    const jumpAbout = async () => {
      for (const seconds of Object.values(jumps)) {
        await delay(300);
        setClock(seconds);
      }
    };
    const secondsOf = async (operation: Promise<unknown>) => {
      const begin = performance.now();
      await operation;
      return (performance.now() - begin) / 1000;
    };
    afterEach(() => setClock(0));
    afterAll(() => rm(clockFile));

    it("is not the test's", async () => {
      const year = async () => (await api("GET", "/info")).body.SystemTime.slice(0, 4);

      setClock(jumps["to 1970"]);
      expect(await year()).toBe("1970");
      setClock(jumps["beyond 2038"]);
      expect(await year()).toBe("2042");
    });

    it("changes no time of grace, limit or end", async () => {
      const deaf = "trap '' TERM; while :; do sleep 1; done";
      await Promise.all([run("deaf", [], deaf), run("limited", ["--timeout=4"], deaf)]);
      const until = (Date.now() / 1000 + 4).toFixed(3);

      const [grace, limit, end] = await Promise.all([
        secondsOf(api("POST", "/containers/deaf/stop?t=4")),
        secondsOf(api("POST", "/containers/limited/wait")),
        secondsOf(api("GET", `/events?until=${until}`)),
        jumpAbout(),
      ]);

      for (const seconds of [grace, end]) expect(seconds).toBeGreaterThan(3.5);
      expect(limit).toBeGreaterThan(2.5);
      for (const seconds of [grace, limit, end]) expect(seconds).toBeLessThan(10);
      await mustTdock(["rm", "deaf", "limited"]);
    });

    it("ends no start period of health checks before its time, and none later", async () => {
      const check = [
        "--health-cmd=false",
        "--health-interval=200ms",
        "--health-start-interval=200ms",
        "--health-retries=1",
      ];
      await run("slow", [...check, "--health-start-period=1h"], "sleep 600");
      await run("quick", [...check, "--health-start-period=1s"], "sleep 600");
      const health = (name: string) => mustTdock(["inspect", "-f", "{{.State.Health.Status}}", name]);

      setClock(jumps["to 1970"]);
      await eventually(async () => expect(await health("quick")).toBe("unhealthy"));
      setClock(jumps["beyond 2038"]);
      const checked = async () => (await api("GET", "/containers/slow/json")).body.State.Health.Log.at(-1).Start;
      await eventually(async () => expect(await checked()).toMatch(/^2042/));

      expect(await health("slow")).toBe("starting");
      await mustTdock(["rm", "-f", "slow", "quick"]);
    });

    it.each(Object.entries(jumps))("lets a container that crashes wait longer each time: %s", async (_, seconds) => {
      setClock(seconds);
      const name = `crashing-${Math.abs(seconds)}-${shortName()}`;
      const { body } = await suite.tdockd.apiStream("GET", `/events?filters={"container":["${name}"]}`);
      await run(name, ["--restart=always"], "exit 1");

      expect(await waitAfterDeath(body, 4)).toBeGreaterThan(750);
      await mustTdock(["rm", "-f", name]);
    });

    it("says how long a container has run as well as it can be known, and shows its log since a time", async () => {
      await run("old", [], "echo said; sleep 600");
      const up = async () => (await mustTdock(["ps", "--format", "{{.Status}}", "-f", "name=old"])).trim();

      setClock(jumps["to 1970"]);
      expect(await up()).toBe("Up Less than a second");
      setClock(jumps["an hour ahead"]);
      expect(await up()).toBe("Up About an hour");

      expect(await mustTdock(["logs", "--since=1m", "old"])).toBe("said");
      await mustTdock(["rm", "-f", "old"]);
    });
  },
  {
    env: {
      LD_PRELOAD: fakeTime(),
      FAKETIME_TIMESTAMP_FILE: clockFile,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      NO_FAKE_STAT: "1",
    },
  },
);

/** Milliseconds from a container's so many-th death to the start that follows it. */
async function waitAfterDeath(events: AsyncIterable<Uint8Array>, which: number): Promise<number> {
  let [deaths, diedAt] = [0, 0];
  for await (const lines of events) {
    for (const line of String(lines).trim().split("\n")) {
      const { Action } = JSON.parse(line);
      if (Action === "start" && deaths === which) return performance.now() - diedAt;
      if (Action === "die") [deaths, diedAt] = [deaths + 1, performance.now()];
    }
  }
  return 0;
}

/** Debian's libfaketime, wherever this architecture has it. */
function fakeTime(): string {
  const folder = readdirSync("/usr/lib").find((name) => name.endsWith("-linux-gnu")) ?? "";
  return `/usr/lib/${folder}/faketime/libfaketime.so.1`;
}
