import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeFileHead } from "@tdock/api/context-files";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Staging } from "../tree/staging.ts";
import { readContextFiles } from "./read-context-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "context-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const files = new Map([
  [7, "seven"],
  [0, ""],
  [12, "1 2\n".repeat(100)],
  [3, ""],
]);
const body = Buffer.from(
  [...files].map(([number, text]) => encodeFileHead({ number, size: text.length }) + text).join(""),
);

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: AsyncIterable<Uint8Array>, signal = new AbortController().signal) {
  const isWanted = (number: number) => files.has(number);
  const found = new Map<number, string>();
  for await (const [number, { path, size }] of readContextFiles(bytes, {
    staging: new Staging(folder),
    isWanted,
    signal,
  })) {
    found.set(number, await readFile(path, "utf8"));
    expect(size).toBe(found.get(number)?.length);
  }
  return found;
}

describe("readContextFiles", () => {
  it.each([1, 2, 7, 64, 1 << 20])("finds every file, whatever the pieces: %d bytes", async (size) => {
    expect(await readAll(pieces(body, size))).toEqual(files);
  });

  it.each([
    ["is cut off in a file", body.subarray(0, 6), "end early"],
    ["is cut off in a head", Buffer.from("7"), "end early"],
    ["brings what was not asked for", Buffer.from("8 1\nx"), "not asked for: file 8"],
    ["is something else", Buffer.from(`${"x".repeat(100)}\n`), "not a file of a build context"],
    ["never ends its head", Buffer.from("1".repeat(1000)), "not a file of a build context"],
    ["is an archive", Buffer.alloc(512), "not a file of a build context"],
  ])("refuses a body that %s, and leaves nothing half-written", async (_, bytes, problem) => {
    await expect(readAll(pieces(bytes, 16))).rejects.toThrow(problem);
    expect(await readdir(folder)).toEqual([]);
  });

  it("ends when the signal fires, though no more comes", async () => {
    const leaving = new AbortController();
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("7 5\nse");
      leaving.abort();
      await new Promise(() => {});
    }

    await expect(readAll(stuck(), leaving.signal)).rejects.toMatchObject({ code: "canceled" });
    expect(await readdir(folder)).toEqual([]);
  });
});
