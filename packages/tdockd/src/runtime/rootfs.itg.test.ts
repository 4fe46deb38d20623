import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindMount, unmountAll } from "../host/mount.ts";
import { withMountedRootfs } from "./rootfs.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rootfs-"));
  for (const name of ["image", "mounts", "elsewhere"]) mkdirSync(join(folder, name));
});
afterEach(async () => {
  unmountAll(folder);
  await rm(folder, { recursive: true });
});

describe("a mounted root", () => {
  it("is looked at even while somebody binds the folder around it, and again afterwards", async () => {
    writeFileSync(join(folder, "image", "x"), "");
    const mounts = [{ type: "bind", source: join(folder, "image"), options: ["rbind", "ro"] }];
    const place = { folder: join(folder, "mounts"), name: "c1" };

    const bound = await withMountedRootfs(mounts, place, (root) => {
      bindMount(place.folder, join(folder, "elsewhere"), { recursive: true });
      return readdirSync(root);
    });
    const again = await withMountedRootfs(mounts, place, (root) => readdirSync(root));

    expect([bound, again]).toEqual([["x"], ["x"]]);
  });
});
