import { describe, expect, it } from "vitest";
import { networkElements, type PortRule, portElements } from "./rules.ts";

const port = (over: Partial<PortRule>): PortRule => ({
  protocol: "tcp",
  hostIp: "0.0.0.0",
  hostPort: 80,
  containerPort: 80,
  address: "10.0.0.2",
  ...over,
});
const range = (from: number, to: number, over: Partial<PortRule> = {}) =>
  Array.from({ length: to - from + 1 }, (_, i) => port({ hostPort: from + i, containerPort: from + i, ...over }));

describe("portElements", () => {
  it("makes one interval of a range of a thousand ports", () => {
    expect(portElements(range(8000, 8999).reverse())).toEqual([
      { set: "publish4", text: "tcp . 0.0.0.0/0 . 8000-8999 : 10.0.0.2" },
    ]);
  });

  it("does not join ports of different protocols, host addresses or containers", () => {
    const ports = [
      ...range(10, 11),
      ...range(12, 13, { protocol: "udp" }),
      ...range(14, 14, { hostIp: "127.0.0.1" }),
      ...range(15, 15, { address: "10.0.0.3" }),
    ];

    expect(portElements(ports)).toHaveLength(4);
  });

  it("gives a port that changes its number an element of its own", () => {
    expect(portElements([port({ hostPort: 8080 })])).toEqual([
      { set: "publish_to4", text: "tcp . 0.0.0.0/0 . 8080 : 10.0.0.2 . 80" },
    ]);
  });

  it("opens a container's own ports once, as intervals, but for those that are the host's alone", () => {
    const routed = [
      ...range(8000, 8002, { isRouted: true }),
      port({ isRouted: true, hostPort: 9000, containerPort: 8001 }),
      port({ isRouted: true, hostIp: "127.0.0.1", hostPort: 81, containerPort: 81 }),
    ];

    expect(portElements(routed).filter(({ set }) => set === "open4")).toEqual([
      { set: "open4", text: "10.0.0.2 . tcp . 8000-8002" },
    ]);
  });

  it("keeps the families apart", () => {
    expect(portElements([port({ hostIp: "::", address: "fd00::2" })])).toEqual([
      { set: "publish6", text: "tcp . ::/0 . 80 : fd00::2" },
    ]);
  });
});

describe("networkElements", () => {
  const rules = {
    device: "br-1",
    isInternal: false,
    isMasqueraded: true,
    modes: { 4: "nat", 6: "nat" } as const,
    subnets: ["10.0.0.0/24", "fd00::/64"],
  };

  it("hides sources only where that is wanted", () => {
    const setsOf = (over: object) => networkElements({ ...rules, ...over }).map(({ set }) => set);

    expect(setsOf({})).toContain("masquerade4");
    expect(setsOf({})).toContain("masquerade6");
    expect(setsOf({ isMasqueraded: false })).not.toContain("masquerade4");
    expect(setsOf({ isInternal: true })).toContain("internal");
    const sets = setsOf({ modes: { 4: "nat", 6: "routed" } });
    expect([sets.includes("masquerade4"), sets.includes("masquerade6")]).toEqual([true, false]);
  });
});
