import type { BuildEvent } from "@tdock/api/build-event";
import { TdockError } from "@tdock/errors/error";
import { describe, expect, it } from "vitest";
import type { LogicalLine } from "../dockerfile/source.ts";
import { parseDockerfile } from "../dockerfile/stages.ts";
import { Progress } from "./progress.ts";

describe("Progress", () => {
  it.each([
    ["a character that a read has cut in two", ["c3", "a462"], ["c3a462"]],
    ["one of four bytes, cut twice", ["61f09f", "98", "8062"], ["61", "f09f988062"]],
    ["whole characters", ["61c3a4", "62"], ["61c3a4", "62"]],
    ["bytes that are no text", ["80ff80ff", "c3"], ["80ff80ff", "c3"]],
  ])("hands on %s", async (_, written, told) => {
    const logs: string[] = [];
    const sink = async (event: BuildEvent) => {
      if (event.kind === "log") logs.push(Buffer.from(event.data, "base64").toString("hex"));
    };

    await new Progress(sink, () => new Date()).run("step", undefined, async ({ log }) => {
      for (const hex of written) await log(Buffer.from(hex, "hex"));
    });

    expect(logs).toEqual(told);
  });

  it.each([
    ["failed before it began", "invalid-argument", ["begin", "end"]],
    ["was given up before it began", "canceled", []],
  ] as const)("tells of what %s: %s", async (_, code, expected) => {
    const kinds: string[] = [];
    const sink = async ({ kind }: BuildEvent) => {
      kinds.push(kind);
    };
    const line = parseDockerfile("Dockerfile", "FROM scratch").stages[0]?.from.line as LogicalLine;

    const failing = new Progress(sink, () => new Date()).fail("step", line, new TdockError(code, "no"));

    await expect(failing).rejects.toThrow("no");
    expect(kinds).toEqual(expected);
  });
});
