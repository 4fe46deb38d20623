import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rewriteFileSync, writeFileAtomic } from "./atomic-file.ts";
import { holdReserve } from "./disk-reserve.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "disk-reserve-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tdock-test", folder]);
  holdReserve(join(folder, "reserve"));
});
afterEach(() => {
  execFileSync("umount", [folder]);
  rmSync(folder, { recursive: true });
});

/** Until not one more byte fits. */
function fillDisk(): void {
  const fd = openSync(join(folder, "filler"), "w");
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    closeSync(fd);
  }
}

describe("the reserve of a full disk", () => {
  it("serves all who write records at once", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `record-${index}`);
    fillDisk();

    await Promise.all(names.map((name) => writeFileAtomic(join(folder, name), name)));

    expect(names.map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(names);
  });

  it("keeps a file whole that is written where it lies", () => {
    const path = join(folder, "hosts");
    fillDisk();

    rewriteFileSync(path, "127.0.0.1\tlocalhost\n");

    expect(readFileSync(path, "utf8")).toBe("127.0.0.1\tlocalhost\n");
  });

  it("is not for what may be lost", async () => {
    fillDisk();

    const written = writeFileAtomic(join(folder, "events"), "lost", { mayUseReserve: false });

    await expect(written).rejects.toMatchObject({ code: "ENOSPC" });
  });
});
