import { describe, expect, it } from "vitest";
import { checkSystemPlace } from "./destination.ts";
import { parseBind } from "./parse-bind.ts";

describe("parseBind", () => {
  it("reads source, destination and options", () => {
    expect(parseBind("/src:/dst//x/../y/:ro,rslave,z")).toEqual({
      source: "/src",
      destination: "/dst/y",
      mode: "ro,rslave,z",
      isReadOnly: true,
      isNoCopy: false,
      propagation: "rslave",
    });
    expect(parseBind("data:/dst:nocopy")).toMatchObject({ source: "data", isNoCopy: true, propagation: undefined });
  });

  it.each([
    "/dst",
    ":/dst",
    "/src:",
    "/src:dst",
    "/src:/",
    "/src:/..",
    "/src:/dst:ro:x",
    "/src:/dst:ro,rw",
    "/src:/dst:shared,slave",
    "/src:/dst:suid",
    "/src:/dst:ro,,z",
    "/src:/d\0st",
  ])("refuses %j", (text) => {
    expect(() => parseBind(text)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  it("says what idmap needs", () => {
    expect(() => parseBind("/src:/dst:idmap")).toThrow("idmap needs runc 1.2 or newer");
  });
});

describe("checkSystemPlace", () => {
  it.each(["/proc", "/proc/sys", "/dev", "/dev/null", "/sys"])("refuses %s", (place) => {
    expect(() => checkSystemPlace(place)).toThrow("may only be mounted over in a privileged container");
  });

  it.each(["/process", "/dev/shm", "/sys/fs/cgroup", "/data"])("allows %s", (place) => {
    expect(() => checkSystemPlace(place)).not.toThrow();
  });
});
