import { describe, expect, it } from "vitest";
import type { Network } from "../network.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Member } from "../sandbox-store.ts";
import { addressOfReverseName, lookUpAddress, lookUpName } from "./lookup.ts";

const network = (id: string, subnet: string) => ({ id, name: id, subnets: [{ subnet }] }) as unknown as Network;
const member = (containerName: string, address: string, ...dnsNames: string[]) =>
  ({
    sandbox: { containerName } as Sandbox,
    endpoint: { dnsNames: [containerName, ...dnsNames], ipv4: { address } },
  }) as unknown as Member;

const members: Record<string, Member[]> = {
  front: [member("web", "10.0.0.2", "www"), member("web2", "10.0.0.3", "www")],
  back: [member("db", "10.0.1.2"), member("web", "10.0.1.3")],
};
const scope = {
  networks: [network("front", "10.0.0.0/24"), network("back", "10.0.1.0/24")],
  membersOf: (id: string) => members[id] ?? [],
};

describe("lookUpName", () => {
  it.each([
    ["web", ["10.0.0.2"]],
    ["WEB.", ["10.0.0.2"]],
    ["db", ["10.0.1.2"]],
    ["web.back", ["10.0.1.3"]],
    ["www", ["10.0.0.2", "10.0.0.3"]],
    ["nobody", undefined],
    ["back", undefined],
    ["__proto__", undefined],
  ])("finds %s", (name, expected) => {
    expect(lookUpName(scope, name)?.sort()).toEqual(expected);
  });
});

describe("a name that the client alone has for another, by a link", () => {
  const linked = { ...scope, linksOf: (id: string) => (id === "front" ? ["web2:WWW", "web2:shop", "gone:db"] : []) };

  it.each([
    ["shop", ["10.0.0.3"]],
    ["www.front", ["10.0.0.3"]],
    ["web", ["10.0.0.2"]],
    ["db", ["10.0.1.2"]],
  ])("finds %s", (name, expected) => {
    expect(lookUpName(linked, name)).toEqual(expected);
  });
});

describe("lookUpAddress", () => {
  it("tells the name, that nobody has it, and that it is not ours", () => {
    expect(lookUpAddress(scope, "10.0.1.2")).toEqual({ name: "db.back" });
    expect(lookUpAddress(scope, "10.0.1.99")).toBe("nobody");
    expect(lookUpAddress(scope, "10.0.2.2")).toBeUndefined();
  });
});

describe("addressOfReverseName", () => {
  it.each([
    ["2.1.0.10.in-addr.arpa", "10.0.1.2"],
    ["2.1.0.10.IN-ADDR.ARPA.", "10.0.1.2"],
    [`${"2.0.0.0.".repeat(1)}${"0.".repeat(20)}${"0.0.0.0.0.0.d.f."}ip6.arpa`, "fd00:0:0:0:0:0:0:2"],
    ["example.com", undefined],
    ["1.0.10.in-addr.arpa", undefined],
  ])("reads %s", (name, expected) => {
    expect(addressOfReverseName(name)).toBe(expected);
  });
});
