import { describe, expect, it } from "vitest";
import { checkSystemPlace } from "./destination.ts";
import { idMapLines } from "./id-map.ts";
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

  it.each([
    ["idmap", "owner"],
    ["ro,idmap", "owner"],
    ["idmap=uids=0-1-10#10-11-1;gids=0-5-1", { uids: "0 1 10\n10 11 1\n", gids: "0 5 1\n" }],
    ["idmap=gids=0-5-1", { uids: "0 0 4294967295\n", gids: "0 5 1\n" }],
  ])("reads %s", (mode, expected) => {
    const { idMap } = parseBind(`/src:/dst:${mode}`);

    expect(idMap === "owner" ? idMap : idMap && idMapLines(idMap, { uid: 1, gid: 1 })).toEqual(expected);
  });

  it.each([
    [0, "0 0 4294967295\n"],
    [1, "1 0 1\n0 1 1\n2 2 4294967293\n"],
    [1000, "1000 0 1\n0 1000 1\n1 1 999\n1001 1001 4294966294\n"],
  ])("gives root the place of an owner with the id %i, and the other way round", (id, lines) => {
    expect(idMapLines("owner", { uid: id, gid: id })).toEqual({ uids: lines, gids: lines });
  });

  it.each([
    "idmap=",
    "idmap=x",
    "idmap=uids=0-1",
    "idmap=uids=0-1-0",
    "idmap=uids=0-1-1;x",
    "idmap,idmap",
    "idmap=uids=1-1-4294967295",
  ])("refuses %s", (mode) => {
    expect(() => parseBind(`/src:/dst:${mode}`)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
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
