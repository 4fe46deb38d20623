import { describe, expect, it } from "vitest";
import { chooseSubnet, uniqueLocalPool } from "./choose-subnet.ts";
import { parseCidr } from "./cidr.ts";

const used = (text: string, what: string) => ({ range: parseCidr(text), what });

describe("chooseSubnet", () => {
  it("takes the first part that nobody uses", () => {
    const ranges = [used("10.201.0.0/24", "network a"), used("10.201.1.128/25", "a route"), used("10.0.0.0/16", "x")];

    expect(chooseSubnet(["10.201.0.0/16"], 24, ranges)).toMatchObject({
      subnet: "10.201.2.0/24",
      gateway: "10.201.2.1",
    });
  });

  it("names what is in the way when the pool is used up", () => {
    const ranges = [used("10.201.0.0/24", "10.201.0.0/24 of network a"), used("10.201.1.0/24", "a route by eth1")];

    expect(() => chooseSubnet(["10.201.0.0/23"], 24, ranges)).toThrow(
      "10.201.0.0/23 used up by 10.201.0.0/24 of network a; a route by eth1",
    );
  });

  it("goes on to the next pool when all of one is in use", () => {
    const pools = ["10.201.0.0/16", "172.16.0.0/12"];
    const ranges = [used("10.0.0.0/8", "a route by vpn"), used("172.16.0.0/23", "network a")];

    expect(chooseSubnet(pools, 24, ranges).subnet).toBe("172.16.2.0/24");
    expect(() => chooseSubnet(pools, 24, [...ranges, used("172.0.0.0/8", "a route by eth1")])).toThrow(
      "10.201.0.0/16, 172.16.0.0/12 used up by a route by vpn; network a; a route by eth1",
    );
  });

  it("gives all of a pool that is smaller than a part", () => {
    expect(chooseSubnet(["10.0.0.0/26"], 24, []).subnet).toBe("10.0.0.0/26");
  });

  it("cuts IPv6 pools as well", () => {
    expect(chooseSubnet(["fd00:1:2::/48"], 64, [used("fd00:1:2::/64", "x")])).toMatchObject({
      subnet: "fd00:1:2:1::/64",
      gateway: "fd00:1:2:1::1",
    });
  });
});

describe("uniqueLocalPool", () => {
  it("is a valid range, the same for one engine and another for the next", () => {
    expect(parseCidr(uniqueLocalPool("a")).bits).toBe(48);
    expect(uniqueLocalPool("a")).toBe(uniqueLocalPool("a"));
    expect(uniqueLocalPool("a")).not.toBe(uniqueLocalPool("b"));
  });
});
