import { describe, expect, it } from "vitest";
import type { Health } from "./health.ts";
import { judge } from "./health-monitor.ts";

const starting: Health = { status: "starting", failingStreak: 0, log: [] };
const result = (exitCode: number) => ({ start: "", end: "", exitCode, output: "" });

describe("judge", () => {
  it("is healthy after one success", () => {
    expect(judge({ ...starting, failingStreak: 2 }, result(0), { retries: 3, isStarting: true })).toMatchObject({
      status: "healthy",
      failingStreak: 0,
    });
  });

  it("does not count failures within the start period", () => {
    expect(judge(starting, result(1), { retries: 1, isStarting: true })).toMatchObject({
      status: "starting",
      failingStreak: 0,
    });
  });

  it("counts failures within the start period once a check has succeeded", () => {
    const healthy: Health = { status: "healthy", failingStreak: 0, log: [] };

    expect(judge(healthy, result(1), { retries: 1, isStarting: true }).status).toBe("unhealthy");
  });

  it("is unhealthy after as many failures in a row as retries", () => {
    const once = judge(starting, result(1), { retries: 2, isStarting: false });
    const twice = judge(once, result(1), { retries: 2, isStarting: false });

    expect([once.status, twice.status]).toEqual(["starting", "unhealthy"]);
  });

  it("keeps the newest five results", () => {
    let health = starting;
    for (let code = 1; code <= 7; code++) health = judge(health, result(code), { retries: 99, isStarting: false });

    expect(health.log.map(({ exitCode }) => exitCode)).toEqual([3, 4, 5, 6, 7]);
  });
});
