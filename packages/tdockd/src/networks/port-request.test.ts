import { describe, expect, it } from "vitest";
import { parsePort, portRequests } from "./port-request.ts";

const settings = { bindings: {}, exposed: [], publishAll: false };

describe("portRequests", () => {
  it("reads addresses, single ports, ranges and free choice", () => {
    const bindings = {
      "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }, { HostPort: "9000-9010" }],
      "53/udp": [{ HostIp: "0:0::1", HostPort: "" }],
      "22/tcp": null,
    };

    expect(portRequests({ ...settings, bindings })).toEqual([
      { protocol: "tcp", containerPort: 80, hostIp: "127.0.0.1", hostPorts: { from: 8080, to: 8080 } },
      { protocol: "tcp", containerPort: 80, hostIp: "", hostPorts: { from: 9000, to: 9010 } },
      { protocol: "udp", containerPort: 53, hostIp: "::1", hostPorts: undefined },
    ]);
  });

  it("adds exposed ports that are not published yet when all are wanted", () => {
    const bindings = { "80/tcp": [{ HostPort: "8080" }] };

    const requests = portRequests({ bindings, exposed: ["80/tcp", "90-91/udp"], publishAll: true });

    expect(requests.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`)).toEqual([
      "80/tcp",
      "90/udp",
      "91/udp",
    ]);
  });

  it("publishes a port once that several ranges expose, and refuses more than a host has to give", () => {
    const all = (...exposed: string[]) => portRequests({ bindings: {}, exposed, publishAll: true });

    expect(all("1-3/tcp", "2-4/tcp").map(({ containerPort }) => containerPort)).toEqual([1, 2, 3, 4]);
    expect(all("1-4096/tcp")).toHaveLength(4096);
    const many = Array.from({ length: 60_000 }, (_, index) => `1-${index + 1}/tcp`);
    for (const exposed of [["1-4097/tcp"], ["1-65535/tcp"], many]) {
      expect(() => all(...exposed)).toThrow(/cannot publish all \d+ exposed ports, but 4096 at most/);
    }
  });

  it.each([
    ["70000/tcp", "1"],
    ["0/tcp", "1"],
    ["80/icmp", "1"],
    ["80/tcp/x", "1"],
    ["80/tcp", "0x50"],
    ["80/tcp", "90-80"],
    ["80/tcp", "1-70000"],
    ["80/tcp", "-1"],
    ["__proto__", "1"],
  ])("refuses %s on host port %s", (port, HostPort) => {
    const bindings = Object.fromEntries([[port, [{ HostPort }]]]);

    expect(() => portRequests({ ...settings, bindings })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });

  it("refuses a host address that is none", () => {
    const bindings = { "80/tcp": [{ HostIp: "localhost", HostPort: "1" }] };

    expect(() => portRequests({ ...settings, bindings })).toThrow("invalid IP address: localhost");
  });
});

describe("parsePort", () => {
  it("takes tcp for granted", () => {
    expect(parsePort("80")).toEqual({ protocol: "tcp", from: 80, to: 80 });
  });
});
