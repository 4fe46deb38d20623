import { describe, expect, it } from "vitest";
import { errorFromStatus } from "./grpc-status.ts";

describe("errorFromStatus", () => {
  it("decodes the message", () => {
    expect(errorFromStatus(5, "no%20such%20%C3%A4", false).message).toBe("no such ä");
  });

  it("keeps a message that is wrongly encoded", () => {
    expect(errorFromStatus(5, "100% wrong", false).message).toBe("100% wrong");
  });

  it.each([
    [6, false, "conflict", "already-exists"],
    [9, false, "invalid-argument", "failed-precondition"],
    [9, true, "conflict", "failed-precondition"],
    [4, false, "unavailable", "timeout"],
    [14, false, "unavailable", undefined],
    [2, false, "internal", undefined],
  ])("gives status %i (precondition of a state: %s) the code %s and the reason %s", (status, ofState, code, reason) => {
    expect(errorFromStatus(status, "x", ofState)).toMatchObject({ code, reason });
  });

  it("reads the text where the status says nothing, and only there", () => {
    const text = "cannot pause a paused container: unknown";

    expect(errorFromStatus(2, text, false)).toMatchObject({ code: "conflict", reason: "wrong-state" });
    expect(errorFromStatus(5, text, false)).toMatchObject({ code: "not-found", reason: undefined });
  });
});
