import { describe, expect, it, vi } from "vitest";
import { elapsed, startTimer } from "./timer.ts";

const dayMs = 24 * 3600 * 1000;

describe("startTimer", () => {
  it.each([1, 20, 100, 100_000])("calls after %i days, not before", (days) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const action = vi.fn();
    using _timer = startTimer(days * dayMs, action);

    vi.advanceTimersByTime(days * dayMs - 1000);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2000);

    expect(action).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it("calls never once it is disposed of", async () => {
    const action = vi.fn();
    startTimer(1, action)[Symbol.dispose]();

    await elapsed(20);

    expect(action).not.toHaveBeenCalled();
  });
});
