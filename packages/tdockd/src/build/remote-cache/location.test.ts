import { describe, expect, it } from "vitest";
import { parseCacheSource, parseCacheTarget } from "./location.ts";

describe("parseCacheSource", () => {
  it.each([
    ["host:5000/app:cache", { kind: "registry", name: "host:5000/app:cache" }],
    ["type=registry,ref=host:5000/app", { kind: "registry", name: "host:5000/app" }],
    ["type=local,src=/var/cache", { kind: "local", folder: "/var/cache" }],
  ])("reads %s", (text, location) => {
    expect(parseCacheSource(text)).toMatchObject(location);
  });

  it.each([
    ["type=registry", "ref is missing"],
    ["type=local,src=here", "wanted an absolute path"],
    ["type=gha", "type=gha is not offered"],
  ])("refuses %s", (text, message) => {
    expect(() => parseCacheSource(text)).toThrow(message);
  });
});

describe("parseCacheTarget", () => {
  it.each([
    ["type=inline", { location: "inline", mode: "min" }],
    ["type=local,dest=/c,mode=max", { location: { kind: "local", folder: "/c" }, mode: "max" }],
  ])("reads %s", (text, target) => {
    expect(parseCacheTarget(text)).toMatchObject(target);
  });

  it("refuses another mode", () => {
    expect(() => parseCacheTarget("type=inline,mode=most")).toThrow("wanted min or max, got most");
  });
});
