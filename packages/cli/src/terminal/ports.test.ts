import { describe, expect, it } from "vitest";
import { displayPorts } from "./ports.ts";

const port = (PrivatePort: number, PublicPort?: number, IP?: string, Type = "tcp") => ({
  PrivatePort,
  PublicPort,
  IP,
  Type,
});

describe("displayPorts", () => {
  it.each([
    [[], ""],
    [[port(80)], "80/tcp"],
    [[port(80, 8080, "0.0.0.0")], "0.0.0.0:8080->80/tcp"],
    [[port(9001, 9001, "0.0.0.0"), port(9000, 9000, "0.0.0.0")], "0.0.0.0:9000-9001->9000-9001/tcp"],
    [[port(80, 8080, "::")], "[::]:8080->80/tcp"],
    [[port(70), port(71), port(73)], "70-71/tcp, 73/tcp"],
    [[port(53, 53, "0.0.0.0", "udp"), port(80, 8080, "127.0.0.1")], "0.0.0.0:53->53/udp, 127.0.0.1:8080->80/tcp"],
  ])("shows %j as %s", (ports, expected) => {
    expect(displayPorts(ports)).toBe(expected);
  });
});
