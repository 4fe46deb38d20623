import { describe, expect, it } from "vitest";
import { statusUpdates } from "./buildkit-lines.ts";

const now = () => new Date(9000);

describe("statusUpdates", () => {
  it("tells a vertex whole when it begins and when it ends", () => {
    const updates = statusUpdates(now);

    const begun = updates({ kind: "begin", vertex: 1, title: "[1/2] RUN x", at: 1000 });
    const ended = updates({ kind: "end", vertex: 1, outcome: "cached", at: 2000 });

    const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    expect(begun).toMatchObject({ vertexes: [{ digest, name: "[1/2] RUN x", startedMs: 1000 }] });
    expect(ended).toMatchObject({ vertexes: [{ digest, name: "[1/2] RUN x", completedMs: 2000, cached: true }] });
    expect(ended?.vertexes?.[0]?.digest).toBe(begun?.vertexes?.[0]?.digest);
  });

  it.each([
    ["failed", "it broke", "it broke"],
    ["failed", undefined, "failed"],
    ["canceled", "whatever", "context canceled"],
    ["done", undefined, undefined],
  ] as const)("gives a vertex that ended as %s (%s) the error %s", (outcome, error, expected) => {
    const updates = statusUpdates(now);
    updates({ kind: "begin", vertex: 1, title: "x", at: 0 });

    const ended = updates({ kind: "end", vertex: 1, outcome, at: 0, ...(error && { error }) });

    expect(ended?.vertexes?.[0]?.error).toBe(expected);
  });

  it("keeps what a pull tells of one layer on one line, and completes it with its vertex", () => {
    const updates = statusUpdates(now);
    updates({ kind: "begin", vertex: 1, title: "pull", at: 0 });
    const status = { kind: "status", vertex: 1, current: 5, total: 10 } as const;

    const first = updates({ ...status, name: "0123456789ab Downloading" });
    const second = updates({ ...status, name: "0123456789ab Pull complete" });
    const ended = updates({ kind: "end", vertex: 1, outcome: "done", at: 9500 });

    expect(first).toMatchObject({ transfers: [{ id: "0123456789ab", current: 5, total: 10 }] });
    expect(second).toMatchObject({ transfers: [{ id: "0123456789ab", name: "0123456789ab Pull complete" }] });
    expect(ended?.transfers).toMatchObject([{ id: "0123456789ab", completedMs: 9500 }]);
  });

  it("gives output and the reason of a miss as the vertex's log", () => {
    const updates = statusUpdates(now);
    updates({ kind: "begin", vertex: 1, title: "x", at: 0 });
    const texts = [
      updates({ kind: "log", vertex: 1, data: btoa("printed"), at: 1 }),
      updates({ kind: "miss", vertex: 1, reason: "a changed" }),
    ].map((update) => Buffer.from(update?.logs?.[0]?.bytes ?? []).toString());

    expect(texts).toEqual(["printed", "Not cached: a changed\n"]);
  });
});
