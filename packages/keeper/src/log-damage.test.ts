import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LogFiles } from "./log-files.ts";
import { OutputLog } from "./output-log.ts";
import { appendOutput } from "./testing/append-output.ts";
import { all, drivers, target } from "./testing/log-target.ts";
import { readThrough } from "./testing/read-through.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

describe.each(drivers)("the files of a %s log", (driver) => {
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

  it("begins no file in the middle of a line, however the output is cut", async () => {
    using folder = temporaryFolder();
    const log = target(folder.path, driver, { "max-size": "16k", "max-file": "2" });
    const files = new LogFiles(log.path);
    const writer = new OutputLog(log, files);
    const text = Array.from({ length: 5000 }, (_, line) => `line ${line}\n`).join("");
    for (let at = 0; at < text.length; at += 700) appendOutput(writer, text.slice(at, at + 700));
    writer.close();

    const { stdout } = await readThrough(files, all(log));

    expect(stdout).toMatch(/^line \d+\n/);
    expect(text.endsWith(stdout)).toBe(true);
    for (const name of readdirSync(folder.path))
      expect(readFileSync(join(folder.path, name)).length).toBeLessThan((16 << 10) + 100);
  });
});
