import { describe, expect, it } from "vitest";
import { decodeAddress, encodeAddress } from "./address-bytes.ts";

describe("encodeAddress and decodeAddress", () => {
  it.each([
    ["10.201.0.1", "0ac90001"],
    ["::", "00000000000000000000000000000000"],
    ["::1", "00000000000000000000000000000001"],
    ["fd00:1:2::5", "fd000001000200000000000000000005"],
    ["1::", "00010000000000000000000000000000"],
    ["2001:db8:0:1:1:1:1:1", "20010db8000000010001000100010001"],
  ])("turn %s into bytes and back", (address, hex) => {
    expect(encodeAddress(address).toString("hex")).toBe(hex);
    expect(decodeAddress(Buffer.from(hex, "hex"))).toBe(address);
  });

  it("reads an IPv4 address at the end of an IPv6 one", () => {
    expect(encodeAddress("::ffff:1.2.3.4").toString("hex")).toBe("00000000000000000000ffff01020304");
  });

  it("refuses what is no address", () => {
    expect(() => encodeAddress("10.0.0.256")).toThrow("invalid IP address: 10.0.0.256");
  });
});
