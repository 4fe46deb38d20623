import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { commandStream } from "./run-command.ts";

describe("commandStream", () => {
  it("gives back what goes through a program, however much it is", async () => {
    const bytes = randomBytes(5 << 20);
    const stream = commandStream("cat", []);

    const [read] = await Promise.all([Array.fromAsync(stream), pipeline(Readable.from([bytes]), stream)]);

    expect(Buffer.concat(read as Buffer[]).equals(bytes)).toBe(true);
  });

  it.each([
    ["in the program's words", "echo out; echo why >&2; exit 3", "sh: why"],
    ["with the exit code when there are no words", "echo out; exit 3", "sh: exit code 3"],
  ])("fails when the program does, though it wrote before: %s", async (_, script, message) => {
    const stream = commandStream("sh", ["-c", script]);
    stream.end();

    await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: "invalid-argument", message });
  });

  it("fails when the program takes no more, and not for that", async () => {
    const stream = commandStream("sh", ["-c", "exec 0<&-; echo full >&2; exit 1"]);
    const written = pipeline(Readable.from([randomBytes(5 << 20)]), stream);
    written.catch(() => undefined);

    await expect(Array.fromAsync(stream)).rejects.toMatchObject({ message: "sh: full" });
  });

  it("tells of a failure also those who read later", async () => {
    const stream = commandStream("sh", ["-c", "exit 4"]);
    stream.end();
    await new Promise((resolve) => stream.once("close", resolve));

    await expect(Array.fromAsync(stream)).rejects.toMatchObject({ message: "sh: exit code 4" });
  });

  it("says when there is no such program", async () => {
    const stream = commandStream("no-such-program", []);

    await expect(Array.fromAsync(stream)).rejects.toThrow("no-such-program");
  });
});
