import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CacheMounts } from "./cache-mounts.ts";

describe("CacheMounts", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cache-mounts-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const { signal } = new AbortController();
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mode: 0o750 };
  const request = (fill: (made: string) => Promise<void>, sharing: "shared" | "private" | "locked" = "shared") => ({
    ...{ id: "one", description: "one", sharing, ...owner },
    fill,
  });
  const withFile = async (made: string) => writeFileSync(join(made, "file"), "");
  const failing = async (made: string) => {
    await withFile(made);
    throw new Error("cut short");
  };

  it("does not keep what was cut short while it was filled", async () => {
    const mounts = new CacheMounts(folder);

    await expect(mounts.take(request(failing), signal)).rejects.toThrow("cut short");
    const left = readdirSync(folder);
    using taken = await mounts.take(
      request(async () => {}),
      signal,
    );

    expect(left).toEqual([]);
    expect(readdirSync(taken.path)).toEqual([]);
  });

  it("deletes what a killed server was filling", () => {
    const mounts = new CacheMounts(folder);
    void mounts.take(
      request(() => new Promise(() => {})),
      signal,
    );

    new CacheMounts(folder);

    expect(readdirSync(folder)).toEqual([]);
  });

  it("shares a folder once it is filled, and lets the next fill it when the first fails", async () => {
    const mounts = new CacheMounts(folder);
    const gate = Promise.withResolvers<void>();
    const slow = async (made: string) => {
      await gate.promise;
      await failing(made);
    };
    const first = mounts.take(request(slow), signal);
    const others = [1, 2].map(() => mounts.take(request(withFile), signal));

    gate.resolve();

    await expect(first).rejects.toThrow("cut short");
    for (const taken of await Promise.all(others)) expect(readdirSync(taken.path)).toEqual(["file"]);
  });

  it("gives a private folder to one at a time, and makes those wait who want it locked", async () => {
    const mounts = new CacheMounts(folder);
    const first = await mounts.take(request(withFile, "private"), signal);
    using second = await mounts.take(request(withFile, "private"), signal);
    let isTaken = false;
    const third = mounts.take(request(withFile, "locked"), signal).then((taken) => {
      isTaken = true;
      return taken;
    });
    await new Promise(setImmediate);

    expect(second.path).not.toBe(first.path);
    expect(isTaken).toBe(false);
    first[Symbol.dispose]();
    expect((await third).path).toBe(first.path);
  });

  it("lets go of who waits for a locked folder and is ended", async () => {
    const mounts = new CacheMounts(folder);
    using _first = await mounts.take(request(withFile), signal);
    const leaving = new AbortController();
    const waiting = mounts.take(request(withFile, "locked"), leaving.signal);

    leaving.abort(new Error("gone"));

    await expect(waiting).rejects.toThrow("gone");
  });
});
