import { afterEach, describe, expect, it } from "vitest";
import { createNetwork } from "./create.ts";
import { removeNetwork } from "./remove.ts";
import { runIn } from "./testing/private-host.ts";
import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();
const here = "/proc/self/ns/net";

const ip = (...args: string[]) => runIn(here, "ip", ...args);
const create = async (Name: string, subnets: string[] = []) => {
  const IPAM = { Config: subnets.map((Subnet) => ({ Subnet })) };
  const EnableIPv6 = subnets.some((subnet) => subnet.includes(":"));
  await createNetwork(host.engine, { body: { Name, IPAM, EnableIPv6 } });
  return host.engine.networks.records.find(Name)?.subnets.map(({ subnet }) => subnet);
};

describe("the subnet of a new network", () => {
  afterEach(async () => {
    if (host.engine.networks.records.find("net") !== undefined) await removeNetwork(host.engine, { id: "net" });
    await ip("route", "flush", "table", "main", "proto", "static");
    await ip("-6", "route", "flush", "table", "main", "proto", "static");
    await ip("addr", "flush", "dev", "lo", "scope", "global");
  });

  it("is none that the host has a route or an address in", async () => {
    await ip("route", "add", "10.201.1.0/24", "via", "198.51.100.1", "proto", "static");
    await ip("addr", "add", "10.201.2.77/32", "dev", "lo");

    expect(await create("net")).toEqual(["10.201.3.0/24"]);
  });

  it("is of another pool when the host's VPN takes all of one", async () => {
    await ip("route", "add", "10.0.0.0/8", "via", "198.51.100.1", "proto", "static");

    expect(await create("net")).toEqual(["172.16.0.0/24"]);
  });

  it.each([
    [
      "10.77.0.0/16",
      ["route", "add", "10.77.5.0/24", "via", "198.51.100.1", "proto", "static"],
      "10.77.5.0/24, a route of the host by wan",
    ],
    [
      "10.77.5.0/24",
      ["route", "add", "10.77.0.0/16", "via", "198.51.100.1", "proto", "static"],
      "10.77.0.0/16, a route of the host by wan",
    ],
    ["10.78.0.0/24", ["addr", "add", "10.78.0.9/32", "dev", "lo"], "10.78.0.9/32, an address of the host's lo"],
    ["198.51.100.0/28", ["link", "show"], "a route of the host by wan"],
    [
      "fd55::/64",
      ["-6", "route", "add", "fd55::/48", "dev", "wan", "proto", "static"],
      "fd55::/48, a route of the host by wan",
    ],
  ])("%s is refused where the host is in the way, which the error names", async (subnet, command, what) => {
    expect(await ip(...command)).toMatchObject({ exitCode: 0 });

    await expect(create("net", [subnet])).rejects.toThrow(what);
  });
});
