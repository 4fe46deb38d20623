import { describe, expect, it } from "vitest";
import { ipamConfigs } from "./ipam.ts";

const flags = { subnets: ["10.1.0.0/24", "fd00::/64"], ranges: [], gateways: [], auxiliary: {} };

describe("ipamConfigs", () => {
  it("puts each address into the subnet that holds it", () => {
    const configs = ipamConfigs({
      ...flags,
      gateways: ["fd00::1", "10.1.0.1"],
      ranges: ["10.1.0.128/25"],
      auxiliary: { a: "10.1.0.9" },
    });

    expect(configs).toEqual([
      { Subnet: "10.1.0.0/24", Gateway: "10.1.0.1", IPRange: "10.1.0.128/25", AuxiliaryAddresses: { a: "10.1.0.9" } },
      { Subnet: "fd00::/64", Gateway: "fd00::1" },
    ]);
  });

  it.each([
    [{ ...flags, gateways: ["10.2.0.1"] }, "no matching subnet for gateway 10.2.0.1"],
    [{ ...flags, gateways: ["10.1.0.1", "10.1.0.2"] }, "cannot configure multiple gateways (10.1.0.2, 10.1.0.1)"],
    [{ ...flags, subnets: ["x"] }, "invalid CIDR address: x"],
    [{ ...flags, subnets: [], gateways: ["10.1.0.1"] }, "every ip-range or gateway must have a corresponding subnet"],
  ])("refuses %j", (wrong, message) => {
    expect(() => ipamConfigs(wrong)).toThrow(message);
  });
});
