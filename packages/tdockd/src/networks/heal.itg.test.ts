import { describe, expect, it } from "vitest";
import { deleteLink } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { readSysctl, writeSysctl } from "../host/sysctl.ts";
import { healNetworks } from "./heal.ts";
import { addressOf, askTcp, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { runIn } from "./testing/private-host.ts";
import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();

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

  it("turns IP forwarding on again", async () => {
    writeSysctl("net/ipv4/ip_forward", 0);

    await healNetworks(host.engine);

    expect(readSysctl("net/ipv4/ip_forward")).toBe("1");
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
