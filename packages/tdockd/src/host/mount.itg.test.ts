import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindMount, makePrivateMount, mountFileSystem, unmount, unmountAll } from "./mount.ts";
import { mountsUnder } from "./mount-table.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mount-"));
  mkdirSync(join(folder, "a"));
  mkdirSync(join(folder, "b"));
});
afterEach(async () => {
  unmountAll(folder);
  await rm(folder, { recursive: true });
});

describe("mount", () => {
  it("shows a folder at a second place, read-only when asked", () => {
    writeFileSync(join(folder, "a", "x"), "");

    bindMount(join(folder, "a"), join(folder, "b"), { readOnly: true });

    expect(readdirSync(join(folder, "b"))).toEqual(["x"]);
    expect(() => writeFileSync(join(folder, "b", "y"), "")).toThrow("EROFS");
  });

  it("makes a private mount once", () => {
    makePrivateMount(join(folder, "a"));
    makePrivateMount(join(folder, "a"));

    expect(mountsUnder(join(folder, "a"))).toEqual([expect.objectContaining({ propagation: "private" })]);
  });

  it("unmounts all below a folder, and nothing else", () => {
    mountFileSystem({ type: "tmpfs", source: "tmpfs", target: join(folder, "a"), data: "size=1m", flags: ["nodev"] });
    mkdirSync(join(folder, "a", "deep"));
    mountFileSystem({ type: "tmpfs", source: "tmpfs", target: join(folder, "a", "deep") });
    mountFileSystem({ type: "tmpfs", source: "tmpfs", target: join(folder, "b") });

    unmountAll(join(folder, "a"));

    expect(mountsUnder(folder).map(({ target }) => target)).toEqual([join(folder, "b")]);
  });

  it("answers false for what is not mounted", () => {
    expect(unmount(join(folder, "a"))).toBe(false);
    expect(unmount(join(folder, "no"))).toBe(false);
  });

  it("names the reason of a refusal", () => {
    expect(() => mountFileSystem({ type: "no-such-fs", source: "x", target: join(folder, "a") })).toThrow(
      expect.objectContaining({ reason: "ENODEV" }),
    );
  });
});
