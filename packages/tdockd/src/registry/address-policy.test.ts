import { describe, expect, it } from "vitest";
import { checkHost, guardedLookup, isInSubnets, isLoopbackHost } from "./address-policy.ts";

const own = ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"];
const nobodys = ["0.0.0.0", "[::]"];
const metadata = ["169.254.169.254", "169.254.0.1", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"];

describe("checkHost", () => {
  it.each([...metadata])("lets no registry refer to %s", (host) => {
    for (const mayBeLoopback of [true, false]) {
      expect(() => checkHost(host, mayBeLoopback)).toThrow("a registry may not refer to the address");
    }
  });

  it.each([...own, ...nobodys])("lets only this machine's own registry refer to %s", (host) => {
    expect(() => checkHost(host, false)).toThrow("a registry may not refer to the address");
    expect(() => checkHost(host, true)).not.toThrow();
  });

  it.each(["registry.example", "192.0.2.1", "10.0.0.1", "[2001:db8::1]"])("lets any registry refer to %s", (host) => {
    expect(() => checkHost(host, false)).not.toThrow();
  });
});

describe("guardedLookup", () => {
  it("refuses a name that stands for this machine", async () => {
    const { promise, resolve } = Promise.withResolvers<Error | null>();

    guardedLookup(false)("localhost", {}, resolve);

    expect(await promise).toMatchObject({ code: "forbidden" });
  });
});

describe("isLoopbackHost", () => {
  it("knows this machine's own names and addresses", () => {
    expect(own.filter((host) => !isLoopbackHost(host))).toEqual([]);
    expect(["localhost.example", "128.0.0.1", "[::2]"].filter(isLoopbackHost)).toEqual([]);
  });
});

describe("isInSubnets", () => {
  it("tells addresses of networks, and no names", () => {
    const cidrs = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7", "no address/3"];

    expect(["10.1.2.3", "[2001:db8::5]", "192.0.2.7"].every((host) => isInSubnets(host, cidrs))).toBe(true);
    expect(["11.0.0.1", "192.0.2.8", "ten.example"].some((host) => isInSubnets(host, cidrs))).toBe(false);
  });
});
