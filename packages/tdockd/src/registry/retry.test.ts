import { TdockError } from "@tdock/errors/error";
import { describe, expect, it } from "vitest";
import { Patience, RetryLater, retryAfterMs } from "./retry.ts";

describe("retryAfterMs", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  it.each([
    ["0", 0],
    ["7", 7000],
    ["1000000000", 1_000_000_000_000],
    ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j as %j", (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe("Patience", () => {
  const settings = { retryDelayMs: 1, maxRetryDelayMs: 20, maxTries: 3, patienceMs: 60_000 };
  const { signal } = new AbortController();
  const failure = new TdockError("unavailable", "connection refused", { reason: "connection" });
  const later = (delayMs: number) => new RetryLater(new TdockError("unavailable", "slow down"), delayMs);

  it("lets a thing be tried as often as is said, then throws what failed and how often", async () => {
    const patience = new Patience(settings, signal);

    await patience.afterFailure(failure);
    await patience.afterFailure(failure);

    await expect(patience.afterFailure(failure)).rejects.toMatchObject({
      ...{ code: "unavailable", reason: "connection" },
      message: "connection refused (gave up after 3 tries)",
    });
  });

  it("begins anew once something was got", async () => {
    const patience = new Patience(settings, signal);

    for (let round = 0; round < 5; round += 1) {
      await patience.afterFailure(failure);
      patience.renew();
    }

    expect(patience.failures).toBe(0);
  });

  it("ends when nothing has moved for too long, however few the tries", async () => {
    const patience = new Patience({ ...settings, patienceMs: 0 }, signal);

    await expect(patience.afterFailure(failure)).rejects.toMatchObject({ message: "connection refused" });
  });

  it.each([
    ["what no other try changes", new TdockError("not-found", "no such thing")],
    ["a host that there is not", new TdockError("unavailable", "ENOTFOUND", { reason: "unknown-host" })],
    ["a certificate that cannot be trusted", new TdockError("unavailable", "expired", { reason: "tls" })],
    ["a server that wants more patience than there is", later(21)],
  ])("throws at once, unchanged: %s", async (_, thrown) => {
    await expect(new Patience(settings, signal).afterFailure(thrown)).rejects.toBe(thrown);
  });

  it("waits as long as the server asked for", async () => {
    const startedMs = performance.now();

    await new Patience(settings, signal).afterFailure(later(20));

    expect(performance.now() - startedMs).toBeGreaterThan(18);
  });

  it("stops waiting when it is cancelled", async () => {
    const patience = new Patience({ ...settings, retryDelayMs: 60_000, maxRetryDelayMs: 60_000 }, AbortSignal.abort());

    await expect(patience.afterFailure(failure)).rejects.toMatchObject({ code: "canceled" });
  });
});
