import { describe, expect, it } from "vitest";
import { checkWantedAddress, defaultGateway, findFreeAddress, isReserved, macOf } from "./addresses.ts";
import { parseCidr } from "./cidr.ts";
import type { Subnet } from "./network.ts";

const subnet: Subnet = {
  subnet: "10.0.0.0/29",
  ipRange: undefined,
  gateway: "10.0.0.1",
  auxiliaryAddresses: { router: "10.0.0.3" },
};
const free = () => false;

describe("findFreeAddress", () => {
  it("skips network, gateway, auxiliary and taken addresses", () => {
    expect(findFreeAddress({ subnet, isTaken: (address) => address === "10.0.0.2" })).toBe("10.0.0.4");
  });

  it("goes on behind the last one and wraps around", () => {
    expect(findFreeAddress({ subnet, isTaken: free, after: "10.0.0.4" })).toBe("10.0.0.5");
    expect(findFreeAddress({ subnet, isTaken: free, after: "10.0.0.6" })).toBe("10.0.0.2");
  });

  it("keeps to the range", () => {
    const narrow = { ...subnet, ipRange: "10.0.0.4/31" };

    expect(findFreeAddress({ subnet: narrow, isTaken: free, after: "10.0.0.2" })).toBe("10.0.0.4");
    expect(findFreeAddress({ subnet: narrow, isTaken: (a) => a === "10.0.0.4", after: "10.0.0.5" })).toBe("10.0.0.5");
  });

  it("says so when all are taken", () => {
    expect(findFreeAddress({ subnet, isTaken: () => true })).toBeUndefined();
  });

  it("finds an address in an IPv6 subnet without walking it", () => {
    const wide = { subnet: "fd00::/64", ipRange: undefined, gateway: "fd00::1", auxiliaryAddresses: {} };

    expect(findFreeAddress({ subnet: wide, isTaken: free })).toBe("fd00::2");
  });
});

describe("isReserved", () => {
  it.each([
    ["10.0.0.0", true],
    ["10.0.0.1", true],
    ["10.0.0.2", false],
    ["10.0.0.7", true],
  ])("judges %s", (address, expected) => {
    expect(isReserved(subnet, address)).toBe(expected);
  });

  it("lets both addresses of a /31 be used", () => {
    const pair = { subnet: "10.0.0.0/31", ipRange: undefined, gateway: "10.0.0.0", auxiliaryAddresses: {} };

    expect(isReserved(pair, "10.0.0.1")).toBe(false);
  });
});

describe("checkWantedAddress", () => {
  it("answers the subnet of a free address", () => {
    expect(checkWantedAddress([subnet], "10.0.0.5", free)).toBe(subnet);
  });

  it("refuses an address of another subnet", () => {
    expect(() => checkWantedAddress([subnet], "10.0.1.5", free)).toThrow("does not belong to any of this network's");
  });

  it.each(["10.0.0.1", "10.0.0.3", "10.0.0.7"])("refuses the reserved %s", (address) => {
    expect(() => checkWantedAddress([subnet], address, free)).toThrow(expect.objectContaining({ code: "conflict" }));
  });
});

describe("defaultGateway and macOf", () => {
  it("are Docker's", () => {
    expect(defaultGateway(parseCidr("10.0.0.0/24"))).toBe("10.0.0.1");
    expect(macOf("10.201.0.15")).toBe("02:42:0a:c9:00:0f");
  });
});
