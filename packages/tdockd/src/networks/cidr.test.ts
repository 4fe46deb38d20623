import { describe, expect, it } from "vitest";
import { containsAddress, containsCidr, cutInto, formatCidr, overlaps, parseCidr } from "./cidr.ts";

describe("parseCidr and formatCidr", () => {
  it.each([
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["192.168.1.1/32", "192.168.1.1/32"],
    ["fd00:1:2:3::9/48", "fd00:1:2::/48"],
  ])("read %s as %s", (text, expected) => {
    expect(formatCidr(parseCidr(text))).toBe(expected);
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "fd00::/129", "10.0.0.0/8/8", "x/8", "10.0.0.0/-1"])(
    "refuse %s",
    (text) => {
      expect(() => parseCidr(text)).toThrow(`invalid CIDR address: ${text}`);
    },
  );
});

describe("overlaps", () => {
  it.each([
    ["10.0.0.0/8", "10.1.0.0/16", true],
    ["10.1.0.0/16", "10.0.0.0/8", true],
    ["10.0.0.0/24", "10.0.1.0/24", false],
    ["0.0.0.0/0", "fd00::/8", false],
  ])("judges %s and %s", (a, b, expected) => {
    expect(overlaps(parseCidr(a), parseCidr(b))).toBe(expected);
  });
});

describe("containsAddress and containsCidr", () => {
  it("keep to the edges", () => {
    const cidr = parseCidr("10.0.1.0/24");

    expect(["10.0.0.255", "10.0.1.0", "10.0.1.255", "10.0.2.0", "::1"].map((a) => containsAddress(cidr, a))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(containsCidr(cidr, parseCidr("10.0.1.128/25"))).toBe(true);
    expect(containsCidr(cidr, parseCidr("10.0.0.0/16"))).toBe(false);
  });
});

describe("cutInto", () => {
  it("gives every part once", () => {
    expect([...cutInto(parseCidr("10.0.0.0/22"), 24)].map(formatCidr)).toEqual([
      "10.0.0.0/24",
      "10.0.1.0/24",
      "10.0.2.0/24",
      "10.0.3.0/24",
    ]);
  });
});
