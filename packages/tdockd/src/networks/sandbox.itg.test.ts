import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findLink, listLinks } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { createNamespace, enterNamespace, listNamespaces, removeNamespace } from "../host/netns.ts";
import { readSysctl } from "../host/sysctl.ts";
import { closeSandbox } from "./close-sandbox.ts";
import { recoverSandboxes } from "./recover.ts";
import { addressOf, askTcp, idOf, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { runIn } from "./testing/private-host.ts";

const here = "/proc/self/ns/net";

import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();

const publish = (containerPort: number, hostPort: number | string, HostIp = "") => ({
  hostConfig: { PortBindings: { [`${containerPort}/tcp`]: [{ HostIp, HostPort: String(hostPort) }] } },
});

describe("openSandbox", () => {
  it("gives a container an address and a way to its neighbours and the host", async () => {
    const [a, b] = [await openContainer(host, "a"), await openContainer(host, "b")];

    const ping = (address: string) => runIn(pathOf(a), "busybox", "ping", "-c1", "-W2", address);

    expect((await ping(addressOf(b))).exitCode).toBe(0);
    expect((await ping(a.endpoints[0]?.ipv4?.gateway ?? "")).exitCode).toBe(0);
  });

  it("hides a container behind the host's address towards the outside", async () => {
    const a = await openContainer(host, "a");
    await using _server = await serveTcp(host.outside, 9000);

    expect(await askTcp(pathOf(a), "198.51.100.1", 9000)).toMatch(/198\.51\.100\.2$/);
  });

  it("leaves IPv6 off where the network has none", async () => {
    const a = await openContainer(host, "a");

    expect((await runIn(pathOf(a), "cat", "/proc/net/if_inet6")).stdout).toBe("");
    enterNamespace(pathOf(a), () => expect(readSysctl("net/ipv6/conf/all/accept_ra")).toBe("0"));
  });

  it("writes hosts, hostname and resolv.conf", async () => {
    const hostConfig = { ExtraHosts: ["db:10.1.1.1", "gw:host-gateway"], DnsSearch: ["example.test"] };
    const a = await openContainer(host, "a", { hostConfig, domainname: "example.test" });
    const gateway = a.endpoints[0]?.ipv4?.gateway;
    const read = (name: string) => readFileSync(join(host.folder, "a", name), "utf8");

    expect(read("hostname")).toBe("a\n");
    expect(read("hosts").split("\n")).toEqual([
      "127.0.0.1\tlocalhost",
      "10.1.1.1\tdb",
      `${gateway}\tgw`,
      `${addressOf(a)}\ta.example.test a`,
      "",
    ]);
    expect(read("resolv.conf")).toContain(`nameserver ${gateway}\nsearch example.test\n`);
  });

  it("writes the first part of a hostname with dots into hosts too", async () => {
    const a = await openContainer(host, "a", { hostname: "www.example.test" });

    expect(readFileSync(join(host.folder, "a", "hosts"), "utf8")).toContain(`${addressOf(a)}\twww.example.test www\n`);
  });

  it("joins another container's network, and that of the host", async () => {
    const a = await openContainer(host, "a");

    const joined = await openContainer(host, "b", {
      hostConfig: { NetworkMode: `container:${idOf("a")}` },
      endpoints: {},
    });
    const onHost = await openContainer(host, "c", { hostConfig: { NetworkMode: "host" }, endpoints: {} });

    expect(joined.namespace).toMatchObject({ kind: "container", path: pathOf(a) });
    expect(onHost.namespace).toEqual({ kind: "host" });
  });

  it("leaves nothing when it fails", async () => {
    const before = host.engine.networks.sandboxes.list().length;

    await expect(openContainer(host, "a", { endpoints: { bridge: {}, nowhere: {} } })).rejects.toMatchObject({
      code: "not-found",
      message: "network nowhere not found",
    });

    expect(host.engine.networks.sandboxes.list()).toHaveLength(before);
    expect(listNamespaces(join(host.folder, "exec", "netns"))).toEqual([]);
  });
});

describe("closeSandbox", () => {
  it("gives back addresses, ports, rules and devices", async () => {
    const web = await openContainer(host, "web", publish(80, 8080));

    await closeSandbox(host.engine, idOf("web"));
    await closeSandbox(host.engine, idOf("web"));

    expect(host.nft.run("list map inet tdock publish_to4")).not.toContain("8080");
    expect(listNamespaces(join(host.folder, "exec", "netns"))).toEqual([]);
    await untilGone(web.endpoints[0]?.hostDevice ?? "");
    expect(host.engine.networks.sandboxes.isAddressTaken(web.endpoints[0]?.networkId ?? "", addressOf(web))).toBe(
      false,
    );
  });
});

describe("after a crash", () => {
  it("running containers keep their network, the others' is taken away, and foreign things stay", async () => {
    const [a, b] = [
      await openContainer(host, "a", publish(80, 8080)),
      await openContainer(host, "b", publish(80, 8090)),
    ];
    host.nft.run("table inet foreign { chain c { }; }");
    createNamespace(join(host.folder, "foreign"), () => {});

    const engine = await host.restart();
    await recoverSandboxes(engine, (id) => id === idOf("a"));

    await using _server = await serveTcp(a, 80);
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).not.toBe("");
    expect(engine.networks.sandboxes.list().map(({ containerName }) => containerName)).toEqual(["a"]);
    await untilGone(b.endpoints[0]?.hostDevice ?? "");
    expect(host.nft.run("list map inet tdock publish_to4")).not.toContain("8090");
    expect(host.nft.run("list tables")).toContain("foreign");
    host.nft.run("delete table inet foreign");
    removeNamespace(join(host.folder, "foreign"));
  });

  it("a network that no record claims is taken away", async () => {
    const a = await openContainer(host, "a");
    host.engine.networks.sandboxes.remove(idOf("a"));

    await recoverSandboxes(host.engine, () => true);

    expect(listNamespaces(join(host.folder, "exec", "netns"))).toEqual([]);
    await untilGone(a.endpoints[0]?.hostDevice ?? "");
  });

  it("a table that somebody deleted is made again", async () => {
    const a = await openContainer(host, "a", publish(80, 8080));
    await using _server = await serveTcp(a, 80);
    host.nft.run("delete table inet tdock");

    await host.restart();

    expect(await askTcp(host.outside, "198.51.100.2", 8080)).not.toBe("");
  });
});

async function untilGone(device: string): Promise<void> {
  using socket = new NetlinkSocket();
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (findLink(socket, device) === undefined) return;
    await new Promise((resolve) => setImmediate(resolve));
    await runIn(here, "true");
  }
  throw new Error(`${device} is still there: ${listLinks(socket).map(({ name }) => name)}`);
}
