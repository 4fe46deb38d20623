import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolderInRoot, openInRoot } from "./path-in-root.ts";

let base = "";
let root = "";
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "path-in-root-"));
  root = join(base, "root");
  mkdirSync(join(root, "etc"), { recursive: true });
  mkdirSync(join(base, "outside"));
  writeFileSync(join(base, "outside", "secret"), "secret");
  writeFileSync(join(root, "etc", "name"), "inside");
});
afterEach(() => rm(base, { recursive: true }));

describe("openInRoot", () => {
  it.each(["/etc/name", "etc/name", "../../etc/name", "/etc/../../../etc/name"])("finds %s inside", (path) => {
    using place = openInRoot(root, path);

    expect(realpathSync(place.path)).toBe(join(root, "etc/name"));
  });

  it("ends absolute links and links upwards inside the root", () => {
    symlinkSync("/etc", join(root, "absolute"));
    symlinkSync("../../../../etc", join(root, "up"));

    for (const link of ["absolute", "up"]) {
      using place = openInRoot(root, `${link}/name`, { flags: 0 });
      expect(readFileSync(place.fd, "utf8")).toBe("inside");
    }
  });

  it("does not follow a link to the outside", () => {
    symlinkSync(join(base, "outside"), join(root, "out"));

    expect(() => openInRoot(root, "out/secret")).toThrow(expect.objectContaining({ code: "not-found" }));
  });

  it("does not follow the links of /proc", () => {
    symlinkSync("/proc/self/root", join(root, "magic"));

    expect(() => openInRoot("/", join(root, "magic"))).toThrow();
  });
});

describe("makeFolderInRoot", () => {
  it("makes the parents that are missing", () => {
    using place = makeFolderInRoot(root, "/a/b/c", 0o700);

    expect(realpathSync(place.path)).toBe(join(root, "a/b/c"));
  });

  it("goes through links inside the root only", () => {
    symlinkSync("/srv/../../var", join(root, "data"));
    mkdirSync(join(root, "var"));
    mkdirSync(join(root, "srv"));

    using place = makeFolderInRoot(root, "data/x");

    expect(realpathSync(place.path)).toBe(join(root, "var/x"));
  });

  it("makes nothing through a link to the outside", () => {
    symlinkSync(join(base, "outside"), join(root, "out"));

    expect(() => makeFolderInRoot(root, "out/made")).toThrow();
    expect(readdirSync(join(base, "outside"))).toEqual(["secret"]);
  });

  it("answers the root itself for /", () => {
    using place = makeFolderInRoot(root, "/");

    expect(realpathSync(place.path)).toBe(root);
  });
});
