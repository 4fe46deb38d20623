import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LogFiles } from "./log-files.ts";
import { OutputLog } from "./output-log.ts";
import type { LogsRequest, LogTarget } from "./protocol.ts";
import { type StreamNumber, stderr, stdout } from "./record.ts";
import { appendOutput } from "./testing/append-output.ts";
import { randomFrom } from "./testing/random.ts";
import { readThrough } from "./testing/read-through.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

type FileTarget = LogTarget & { readonly driver: "local" | "json-file" };

const drivers = ["local", "json-file"] as const;

function target(folder: string, driver: "local" | "json-file", options: Record<string, string> = {}): FileTarget {
  return { driver, path: join(folder, "container.log"), options };
}

function all(log: LogTarget): LogsRequest {
  return { id: "c", log, stdout: true, stderr: true, raw: false };
}

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
  return lines.sort((a, b) => a.end - b.end);
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

    expect(read).toBe("2023-11-14T22:13:20.000000000Z a=1,b=x%20y one\n");
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

  it("skips a torn tail wherever it is cut or zeroed, says so, and keeps all before it", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const writer = new OutputLog(log, new LogFiles(log.path));
    for (let line = 0; line < 40; line++) appendOutput(writer, `line ${line}\n`);
    writer.close();
    const whole = readFileSync(log.path);
    const files = new LogFiles(log.path);

    for (let cut = 1; cut <= 100; cut++) {
      truncateSync(log.path, whole.length - cut);
      expectPrefix(await readThrough(files, all(log)));
      writeFileSync(log.path, Buffer.from(whole).fill(0, whole.length - cut));
      const { count, said } = expectPrefix(await readThrough(files, all(log)));
      if (count < 39) expect(said).toMatch(/^tdock-keeper: \d+ damaged bytes of the log were passed over\n$/);
    }
  });

  function expectPrefix(read: { stdout: string; stderr: string }): { count: number; said: string } {
    const count = read.stdout.split("\n").length - 1;
    expect(read.stdout).toBe(Array.from({ length: count }, (_, line) => `line ${line}\n`).join(""));
    expect(count).toBeGreaterThan(35);
    return { count, said: read.stderr };
  }

  it("goes on after damage in the middle", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    for (let line = 0; line < 100; line++) appendOutput(writer, `line ${line}\n`);
    writer.close();
    const bytes = readFileSync(log.path);
    writeFileSync(log.path, bytes.fill(0, bytes.indexOf("line 50") - 1, bytes.indexOf("line 50") + 3));

    const read = await readThrough(files, { ...all(log), tail: 99 });

    expect(read.stdout.split("\n")).toHaveLength(100);
    expect(read.stdout).not.toContain("line 50\n");
    expect(read.stderr).toMatch(/damaged bytes of the log were passed over/);
  });

  it("cuts a torn tail off before it writes on, so that nothing new is lost behind it", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver);
    const first = new OutputLog(log, new LogFiles(log.path));
    appendOutput(first, "before\n");
    appendOutput(first, "torn\n");
    first.close();
    truncateSync(log.path, readFileSync(log.path).length - 3);

    const files = new LogFiles(log.path);
    const second = new OutputLog(log, files);
    appendOutput(second, "after\n");
    second.close();

    const read = await readThrough(files, all(log));
    expect(read.stdout).toBe("before\nafter\n");
    expect(read.stderr).toMatch(/^tdock-keeper: \d+ damaged bytes at the end of the log were cut off\n$/);
  });

  it("keeps no more than max-file files of max-size", () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver, { "max-size": "4k", "max-file": "3" });
    const writer = new OutputLog(log, new LogFiles(log.path));
    for (let line = 0; line < 2000; line++) appendOutput(writer, `line ${line}\n`);
    writer.close();

    const names = readdirSync(folder.path).sort();

    expect(names).toEqual(["container.log", "container.log.1", "container.log.2"]);
    for (const name of names) expect(readFileSync(join(folder.path, name)).length).toBeLessThanOrEqual(4096);
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
