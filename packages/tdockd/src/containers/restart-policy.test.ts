import { describe, expect, it } from "vitest";
import { restartDelayMs, shouldRestart, shouldStartAtBoot } from "./restart-policy.ts";

const run = { exitCode: 0, stoppedByUser: false, restartCount: 0 };

describe("shouldRestart", () => {
  it.each([
    [{ Name: "always" }, run, true],
    [{ Name: "unless-stopped" }, run, true],
    [{ Name: "no" }, { ...run, exitCode: 1 }, false],
    [undefined, { ...run, exitCode: 1 }, false],
    [{ Name: "on-failure" }, run, false],
    [{ Name: "on-failure" }, { ...run, exitCode: 1 }, true],
    [{ Name: "on-failure", MaximumRetryCount: 2 }, { ...run, exitCode: 1, restartCount: 1 }, true],
    [{ Name: "on-failure", MaximumRetryCount: 2 }, { ...run, exitCode: 1, restartCount: 2 }, false],
    [{ Name: "always" }, { ...run, stoppedByUser: true }, false],
  ] as const)("with %j after %j: %s", (policy, ended, expected) => {
    expect(shouldRestart(policy, ended)).toBe(expected);
  });
});

describe("shouldStartAtBoot", () => {
  it("starts `always` even if it was stopped by hand, `unless-stopped` not", () => {
    const stopped = { ...run, stoppedByUser: true };

    expect(shouldStartAtBoot({ Name: "always" }, stopped)).toBe(true);
    expect(shouldStartAtBoot({ Name: "unless-stopped" }, stopped)).toBe(false);
  });
});

describe("restartDelayMs", () => {
  it.each([
    [undefined, 0, 100],
    [100, 0, 200],
    [1600, 9999, 3200],
    [60_000, 0, 60_000],
    [60_000, 10_000, 100],
  ])("is after one of %s ms and a run of %i ms %i ms", (last, ranFor, expected) => {
    expect(restartDelayMs(last, ranFor)).toBe(expected);
  });
});
