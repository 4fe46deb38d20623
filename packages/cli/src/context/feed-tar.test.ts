import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { feedTar } from "./feed-tar.ts";

describe("feedTar", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tdock-tar-"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it("says that there is no such program", async () => {
    vi.stubEnv("PATH", folder);

    await expect(feedTar(["--extract", "--file=-"], bytes())).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("install it"),
    });
  });

  it("throws what the archive's source throws, not that tar was ended for it", async () => {
    await expect(feedTar(["--extract", "--file=-", `--directory=${folder}`], brokenOff())).rejects.toThrow(
      "the daemon",
    );
  });

  it("throws tar's own words when it refuses the archive", async () => {
    const garbage = bytes(Buffer.alloc(1 << 20, "x"));

    await expect(feedTar(["--extract", "--file=-", `--directory=${folder}`], garbage)).rejects.toThrow(
      "not look like a tar",
    );
  });
});

async function* bytes(...chunks: Buffer[]) {
  yield* chunks;
}

async function* brokenOff() {
  yield Buffer.alloc(512);
  throw new Error("the daemon closed the connection");
}
