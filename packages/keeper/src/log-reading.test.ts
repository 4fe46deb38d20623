import { describe, expect, it } from "vitest";
import { LogFiles } from "./log-files.ts";
import { OutputLog } from "./output-log.ts";
import type { LogsRequest } from "./protocol.ts";
import { type StreamNumber, stderr, stdout } from "./record.ts";
import { appendOutput } from "./testing/append-output.ts";
import { framesOf } from "./testing/demultiplex.ts";
import { all, drivers, target } from "./testing/log-target.ts";
import { randomFrom } from "./testing/random.ts";
import { readBytesThrough, readThrough } from "./testing/read-through.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

interface Piece {
  readonly text: string;
  readonly stream: StreamNumber;
}

/** Output of both streams in pieces that end anywhere: within lines, at their ends, with several at once. */
function pieces(seed: number, count: number): Piece[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) => {
    const length = 1 + random(12);
    const text = Array.from({ length }, (_, at) => (random(4) === 0 ? "\n" : `${index}.${at} `)).join("");
    return { text, stream: random(3) === 0 ? stderr : stdout };
  });
}

interface Line {
  readonly stream: StreamNumber;
  readonly text: string;
}

/** The lines in the order of their ends; what has no newline ends with its last piece. */
function linesOf(output: readonly Piece[]): Line[] {
  const open = new Map<StreamNumber, { text: string; end: number }>();
  const lines: (Line & { end: number })[] = [];
  output.forEach(({ text, stream }, index) => {
    for (const [at, character] of [...text].entries()) {
      const line = { text: (open.get(stream)?.text ?? "") + character, end: index * 1000 + at };
      if (character === "\n") lines.push({ stream, ...line });
      if (character === "\n") open.delete(stream);
      else open.set(stream, line);
    }
  });
  for (const [stream, line] of open) lines.push({ stream, ...line });
  return lines.sort((a, b) => a.end - b.end).map(({ stream, text }) => ({ stream, text }));
}

function joined(lines: readonly Line[]): { stdout: string; stderr: string } {
  const of = (stream: StreamNumber) => lines.flatMap((line) => (line.stream === stream ? [line.text] : [])).join("");
  return { stdout: of(stdout), stderr: of(stderr) };
}

describe.each(drivers)("reading a %s log", (driver) => {
  it("gives every byte of each stream in order, over rotated files", async () => {
    using folder = temporaryFolder();
    const output = pieces(1, 300);
    const log = target(folder.path, driver, { "max-size": "2k", "max-file": "100" });
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    for (const { text, stream } of output) appendOutput(writer, text, stream);
    writer.close();

    expect(files.newest).toBeGreaterThan(3);
    expect(await readThrough(files, all(log))).toEqual(joined(linesOf(output)));
  });

  it("puts each line, with its time, into a frame of its own when asked to", async () => {
    using folder = temporaryFolder();
    const output = pieces(3, 300);
    const log = target(folder.path, driver, { "max-size": "2k", "max-file": "100" });
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    for (const { text, stream } of output) appendOutput(writer, text, stream);
    writer.close();
    const frames = async (over: Partial<LogsRequest>) =>
      framesOf(await readBytesThrough(files, { ...all(log), framedLines: true, ...over }));

    for (const stream of [stdout, stderr]) {
      const lines = linesOf(output).filter((line) => line.stream === stream);
      const ofStream = async (over: Partial<LogsRequest>) =>
        (await frames(over)).filter((frame) => frame.stream === stream);
      expect(await ofStream({})).toEqual(lines);
      expect(await ofStream({ stdout: stream === stdout, stderr: stream === stderr })).toEqual(lines);
      const timed = await ofStream({ timestamps: true });
      expect(timed.map(({ text }) => text.replace(/^\S+Z /, ""))).toEqual(lines.map(({ text }) => text));
    }
  });

  it("gives exactly the last N lines for every N", async () => {
    using folder = temporaryFolder();
    const output = pieces(2, 60);
    const lines = linesOf(output);
    const log = target(folder.path, driver, { "max-size": "1k", "max-file": "100" });
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    for (const { text, stream } of output) appendOutput(writer, text, stream);
    writer.close();

    for (let tail = 0; tail <= lines.length + 1; tail++) {
      const expected = joined(tail === 0 ? [] : lines.slice(-tail));
      expect(await readThrough(files, { ...all(log), tail }), `tail ${tail}`).toEqual(expected);
    }
  });

  it("counts the lines of one stream only when only that is wanted", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    for (let line = 0; line < 10; line++) {
      appendOutput(writer, `out ${line}\n`, stdout);
      appendOutput(writer, `err ${line}\n`, stderr);
    }
    writer.close();

    const read = await readThrough(files, { ...all(log), stderr: false, tail: 2 });

    expect(read).toEqual({ stdout: "out 8\nout 9\n", stderr: "" });
  });

  it("puts the time of its begin before each line, with nine digits", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    appendOutput(writer, "one\ntwo\nthr", stdout, { seconds: 1_700_000_000, nanoseconds: 500 });
    appendOutput(writer, "ee\n", stdout, { seconds: 1_700_000_009, nanoseconds: 0 });
    writer.close();

    const { stdout: read } = await readThrough(files, { ...all(log), timestamps: true });

    expect(read).toBe(
      "2023-11-14T22:13:20.000000500Z one\n" +
        "2023-11-14T22:13:20.000000501Z two\n" +
        "2023-11-14T22:13:20.000000502Z three\n",
    );
  });

  it("puts no second timestamp into a line of 40 KB", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    const line = `${"x".repeat(40_000)}\n`;
    appendOutput(writer, line.slice(0, 30_000));
    appendOutput(writer, line.slice(30_000));
    writer.close();

    const { stdout: read } = await readThrough(files, { ...all(log), timestamps: true });

    expect(read).toBe(`2023-11-14T22:13:20.000000000Z ${line}`);
  });

  it("puts the details before the line and after its time", async () => {
    using folder = temporaryFolder();
    const log = { ...target(folder.path, driver), attributes: { b: "x y", a: "1" } };
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    appendOutput(writer, "one\n");
    writer.close();

    const { stdout: read } = await readThrough(files, { ...all(log), timestamps: true, details: true });

    expect(read).toBe("2023-11-14T22:13:20.000000000Z a=1,b=x+y one\n");
  });

  it("chooses lines by the time of their begin, both ends included", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    for (let second = 0; second < 10; second++) {
      appendOutput(writer, ` of ${second - 1}\nline ${second}a\nline ${second}b`, stdout, {
        seconds: 1000 + second,
        nanoseconds: 0,
      });
    }
    writer.close();
    const between = { since: { seconds: 1003, nanoseconds: 0 }, until: { seconds: 1004, nanoseconds: 1_000_000 } };

    const { stdout: read } = await readThrough(files, { ...all(log), ...between });

    expect(read).toBe("line 3a\nline 3b of 3\nline 4a\nline 4b of 4\n");
  });

  it("continues after the last line seen when that line's time is the new since", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    appendOutput(writer, "one\ntwo\nthree\n", stdout, { seconds: 1000, nanoseconds: 7 });
    writer.close();

    const { stdout: read } = await readThrough(files, { ...all(log), since: { seconds: 1000, nanoseconds: 8 } });

    expect(read).toBe("two\nthree\n");
  });

  it("keeps the lines of two streams whole when their chunks end within lines", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    appendOutput(writer, "begin of out,", stdout);
    appendOutput(writer, "an error\n", stderr);
    appendOutput(writer, " end of out\n", stdout);
    writer.close();

    const { stdout: merged } = await readThrough(files, { ...all(log), raw: true });
    const framed = await readThrough(files, all(log));

    expect(framed).toEqual({ stdout: "begin of out, end of out\n", stderr: "an error\n" });
    expect(merged).toContain("an error\n");
  });
});
