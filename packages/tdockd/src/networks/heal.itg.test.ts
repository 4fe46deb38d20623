import { describe, expect, it } from "vitest";
import { deleteLink } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { writeSysctl } from "../host/sysctl.ts";
import { createNetwork } from "./create.ts";
import { healNetworks } from "./heal.ts";
import { removeNetwork } from "./remove.ts";
import { addressOf, askTcp, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { runIn } from "./testing/private-host.ts";
import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();
const here = "/proc/self/ns/net";

const published = { hostConfig: { PortBindings: { "80/tcp": [{ HostPort: "8080" }] } } };

describe("healNetworks", () => {
  it("takes the table for right that was made at the start", async () => {
    await host.restart();

    expect(host.engine.networks.firewall.inspect()).toBe("untouched");
  });

  it.each([
    ["a deleted table", "delete table inet tdock"],
    ["a flushed table", "flush table inet tdock"],
    ["a flushed ruleset", "flush ruleset"],
    ["a flushed map", "flush map inet tdock publish_to4"],
  ])("puts back %s", async (_, damage) => {
    const web = await openContainer(host, "web", published);
    await using _server = await serveTcp(web, 80);
    await healNetworks(host.engine);
    host.nft.run(damage);
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).toBe("");

    await healNetworks(host.engine);

    expect(await askTcp(host.outside, "198.51.100.2", 8080)).not.toBe("");
  });

  it("makes a deleted bridge anew and plugs the containers in again", async () => {
    const [web, other] = [await openContainer(host, "web", published), await openContainer(host, "other")];
    await using _server = await serveTcp(web, 80);
    using socket = new NetlinkSocket();
    await deleteLink(socket, "tdock0");

    await healNetworks(host.engine);

    expect((await runIn(pathOf(other), "busybox", "ping", "-c1", "-W2", addressOf(web))).exitCode).toBe(0);
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).not.toBe("");
    expect(await askTcp(pathOf(web), "198.51.100.2", 8080)).not.toBe("");
  });

  it.each([
    ["without its address", "addr flush dev tdock0"],
    ["that is down", "link set tdock0 down"],
    ["without its containers", "link set PORT nomaster"],
    ["with a container's device down", "link set PORT down"],
  ])("puts a bridge right %s", async (_, damage) => {
    const [web, other] = [await openContainer(host, "web", published), await openContainer(host, "other")];
    await using _server = await serveTcp(web, 80);
    const port = web.endpoints[0]?.hostDevice ?? "";
    await runIn("/proc/self/ns/net", "ip", ...damage.replace("PORT", port).split(" "));
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).toBe("");

    await healNetworks(host.engine);

    expect((await runIn(pathOf(other), "busybox", "ping", "-c1", "-W2", addressOf(web))).exitCode).toBe(0);
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).not.toBe("");
  });

  it("answers names for a container that started on a bridge without its address", async () => {
    await runIn("/proc/self/ns/net", "ip", "addr", "flush", "dev", "tdock0");
    const web = await openContainer(host, "web");
    const [server = ""] = host.engine.networks.nameServer.addressesFor(web);

    await healNetworks(host.engine);

    expect((await runIn(pathOf(web), "busybox", "nslookup", "-type=a", "web", server)).stdout).toContain(
      addressOf(web),
    );
  });

  it.each([
    ["IP forwarding", "net/ipv4/ip_forward", "198.51.100.1", 9000],
    ["IPv6 forwarding", "net/ipv6/conf/all/forwarding", "2001:db8::1", 9000],
  ])("turns %s on again", async (_, name, address, port) => {
    const network = { Name: "six", EnableIPv6: true, IPAM: { Config: [{ Subnet: "fd66::/64" }] } };
    const { Id: id } = await createNetwork(host.engine, { body: network });
    for (const [where, own] of [
      [here, "2001:db8::2/64"],
      [host.outside, "2001:db8::1/64"],
    ] as const)
      await runIn(where, "ip", "addr", "add", own, "dev", "wan", "nodad");
    await using _server = await serveTcp(host.outside, port);
    const client = await openContainer(host, "client", { endpoints: { six: {} } });
    const getsOut = async () => (await askTcp(pathOf(client), address, port)) !== "";
    writeSysctl(name, 0);
    expect(await getsOut()).toBe(false);

    await healNetworks(host.engine);

    expect(await getsOut()).toBe(true);
    await host.closeContainers();
    await removeNetwork(host.engine, { id });
  });

  it("lets the host's 127.0.0.1 reach published ports again", async () => {
    await using _server = await serveTcp(await openContainer(host, "web", published), 80);
    writeSysctl("net/ipv4/conf/tdock0/route_localnet", 0);
    expect(await askTcp(here, "127.0.0.1", 8080)).toBe("");

    await healNetworks(host.engine);

    expect(await askTcp(here, "127.0.0.1", 8080)).not.toBe("");
  });

  it("leaves the table alone when others change theirs", async () => {
    const before = host.nft.run("list table inet tdock");
    const handleOf = () => /handle (\d+)/.exec(host.nft.run("list tables"))?.[1];
    const handle = handleOf();
    host.nft.run("table inet foreign { chain c { }; }");

    await healNetworks(host.engine);

    expect(host.nft.run("list table inet tdock")).toBe(before);
    expect(handleOf()).toBe(handle);
    host.nft.run("delete table inet foreign");
  });
});
