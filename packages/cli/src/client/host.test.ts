import { describe, expect, it } from "vitest";
import { parseHost } from "./host.ts";

describe("parseHost", () => {
  it.each([
    ["unix:///var/run/docker.sock", { kind: "unix", path: "/var/run/docker.sock" }],
    ["/tmp/x.sock", { kind: "unix", path: "/tmp/x.sock", url: "unix:///tmp/x.sock" }],
    ["unix://", { kind: "unix", path: "/run/tdock/tdock.sock" }],
    ["tcp://10.0.0.1:2376", { kind: "tcp", hostname: "10.0.0.1", port: 2376 }],
    ["tcp://engine", { kind: "tcp", hostname: "engine", port: 2375 }],
    ["tcp://[::1]:9", { kind: "tcp", hostname: "::1", port: 9 }],
    ["localhost:4243", { kind: "tcp", hostname: "localhost", port: 4243 }],
  ])("reads %s", (text, expected) => {
    expect(parseHost(text)).toMatchObject(expected);
  });

  it.each([
    ["tcp://a:b:c", "invalid bind address format"],
    ["tcp://a:99999", "invalid bind address format"],
    ["nope://x", "invalid bind address format: nope://x"],
    ["ssh://host", "ssh:// is not supported"],
  ])("refuses %s", (text, message) => {
    expect(() => parseHost(text)).toThrow(message);
  });
});
