import { execFileSync } from "node:child_process";
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { saveStream } from "./save-stream.ts";

describe("saveStream", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tdock-save-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("writes into a FIFO, which stays one", async () => {
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);

    const [text] = await Promise.all([readFile(fifo, "utf8"), saveStream(Readable.from([Buffer.from("hello")]), fifo)]);

    expect(text).toBe("hello");
    expect((await stat(fifo)).isFIFO()).toBe(true);
  });

  it("follows a link to what it replaces", async () => {
    const [file, link] = [join(folder, "file"), join(folder, "link")];
    await writeFile(file, "before");
    await symlink(file, link);

    await saveStream(Readable.from([Buffer.from("after")]), link);

    expect(await readFile(file, "utf8")).toBe("after");
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });

  it("leaves what was there when the stream breaks off", async () => {
    const file = join(folder, "file");
    await writeFile(file, "before");
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from("af");
        throw new Error("broken off");
      })(),
    );

    await expect(saveStream(broken, file)).rejects.toThrow("broken off");

    expect(await readFile(file, "utf8")).toBe("before");
    expect(await readdir(folder)).toEqual(["file"]);
  });
});
