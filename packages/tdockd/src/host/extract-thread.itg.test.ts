import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { extractArchive } from "./extract-thread.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "extract-thread-"));
  mkdirSync(join(folder, "root"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Some 8 MB in files of all lengths around those of blocks and of what passes to the thread at once. */
function longArchive(): Buffer {
  const source = join(folder, "source");
  mkdirSync(source);
  for (let index = 0; index < 400; index += 1) {
    const name = `${"n".repeat(index % 200)}${index}`;
    writeFileSync(join(source, name), Buffer.alloc((index * 997) % 40_000, String(index)));
  }
  writeFileSync(join(source, "large"), Buffer.alloc(1_300_001, "large "));
  const options = ["--create", "--file=-", "--format=pax", `--directory=${source}`, "."];
  return execFileSync("tar", options, { maxBuffer: 1 << 26 });
}

async function extract(bytes: AsyncIterable<Uint8Array>, signal = new AbortController().signal): Promise<void> {
  const rootFd = openSync(join(folder, "root"), "r");
  try {
    await extractArchive({ rootFd, destination: "/", bytes, keepKinds: false, signal });
  } finally {
    closeSync(rootFd);
  }
}

async function* pieces(bytes: Buffer, size = 7777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("a long archive", () => {
  it("arrives whole", async () => {
    await extract(pieces(longArchive()));

    expect(execFileSync("diff", ["-r", join(folder, "source"), join(folder, "root")], { encoding: "utf8" })).toBe("");
    expect(readdirSync(join(folder, "root"))).toHaveLength(401);
  });

  it("that is cut off is refused", async () => {
    const archive = longArchive();

    await expect(extract(pieces(archive.subarray(0, 7_000_123)))).rejects.toThrow("the archive is cut off");
  });

  it("whose source fails says so", async () => {
    const archive = longArchive();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* pieces(archive.subarray(0, 7_000_000));
      throw new Error("broken on the way");
    }

    await expect(extract(failing())).rejects.toThrow("not a readable tar archive: broken on the way");
  });

  it("that stalls ends with its client, and nothing stays open", async () => {
    const archive = longArchive();
    const client = new AbortController();
    const before = readdirSync("/proc/self/fd").length;
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield* pieces(archive.subarray(0, 7_000_000));
      setTimeout(() => client.abort(new Error("the client has gone")), 100);
      await delay(60_000, undefined, { ref: false });
    }

    await expect(extract(stalling(), client.signal)).rejects.toMatchObject({ message: "the client has gone" });
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });
});
