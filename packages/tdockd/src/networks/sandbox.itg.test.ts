import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findLink, listLinks } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { createNamespace, enterNamespace, listNamespaces, removeNamespace } from "../host/netns.ts";
import { Nft } from "../host/nftables.ts";
import { readSysctl } from "../host/sysctl.ts";
import { closeSandbox } from "./close-sandbox.ts";
import { recoverSandboxes } from "./recover.ts";
import { addressOf, askTcp, idOf, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { openPrivateHost, type PrivateHost, runIn } from "./testing/private-host.ts";

const here = "/proc/self/ns/net";
let host: PrivateHost;
let nft: Nft;
beforeAll(async () => {
  host = await openPrivateHost();
  nft = new Nft();
});
afterEach(async () => {
  for (const { containerId } of host.engine.networks.sandboxes.list()) await closeSandbox(host.engine, containerId);
});
afterAll(() => host[Symbol.asyncDispose]());

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

describe("a published port", () => {
  it("is reached from outside, from the host's addresses, from 127.0.0.1 and from containers", async () => {
    const [web, other] = [await openContainer(host, "web", publish(80, 8080)), await openContainer(host, "other")];
    await using _server = await serveTcp(web, 80);
    const gateway = web.endpoints[0]?.ipv4?.gateway ?? "";

    expect(await askTcp(host.outside, "198.51.100.2", 8080)).toMatch(/198\.51\.100\.1$/);
    expect(await askTcp(here, "198.51.100.2", 8080)).not.toBe("");
    expect(await askTcp(here, "127.0.0.1", 8080)).not.toBe("");
    expect(await askTcp(pathOf(other), gateway, 8080)).not.toBe("");
    expect(await askTcp(pathOf(other), "198.51.100.2", 8080)).not.toBe("");
    expect(await askTcp(pathOf(web), "198.51.100.2", 8080)).not.toBe("");
  });

  it("on 127.0.0.1 is not reached from outside", async () => {
    const web = await openContainer(host, "web", publish(80, 8080, "127.0.0.1"));
    await using _server = await serveTcp(web, 80);

    expect(await askTcp(here, "127.0.0.1", 8080)).not.toBe("");
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).toBe("");
  });

  it("is all of a container that outsiders who know its address can reach", async () => {
    const web = await openContainer(host, "web", publish(80, 8080));
    await using _open = await serveTcp(web, 80);
    await using _hidden = await serveTcp(web, 81);
    await runIn(host.outside, "ip", "route", "add", "10.201.0.0/16", "via", "198.51.100.2");

    expect(await askTcp(host.outside, addressOf(web), 81)).toBe("");
    expect(await askTcp(host.outside, addressOf(web), 80)).toBe("");
  });

  it("of a range costs one interval", async () => {
    const ports = Array.from({ length: 1000 }, (_, i) => [`${9000 + i}/tcp`, [{ HostPort: String(9000 + i) }]]);

    const web = await openContainer(host, "web", { hostConfig: { PortBindings: Object.fromEntries(ports) } });

    expect(web.ports).toHaveLength(1000);
    expect(nft.run("list map inet tdock publish4")).toMatch(
      /elements = \{ tcp \. 0\.0\.0\.0\/0 \. 9000-9999 : [\d.]+ \}/,
    );
    await using _server = await serveTcp(web, 9999);
    expect(await askTcp(host.outside, "198.51.100.2", 9999)).not.toBe("");
  });

  it("is the first free one of a range of choices", async () => {
    await openContainer(host, "a", publish(80, 8080));

    const b = await openContainer(host, "b", publish(80, "8080-8082"));

    expect(b.ports.map(({ hostPort }) => hostPort)).toEqual([8081]);
  });

  it("is refused when another container has it, by that one's name", async () => {
    await openContainer(host, "a", publish(80, 8080, "127.0.0.1"));

    await expect(openContainer(host, "b", publish(80, 8080))).rejects.toThrow(
      "Bind for 0.0.0.0:8080 failed: port is already allocated to container a",
    );
    expect(host.engine.networks.sandboxes.get(idOf("b"))).toBeUndefined();
  });

  it("is refused when a process of the host listens there, by its name", async () => {
    await using _server = await serveTcp(here, 8081);

    await expect(openContainer(host, "b", publish(80, 8081))).rejects.toThrow(
      /Bind for 0\.0\.0\.0:8081 failed: port is already in use by \S+ \(pid \d+\)/,
    );
  });

  it("cannot be taken by a process of the host meanwhile, and can afterwards", async () => {
    await openContainer(host, "a", publish(80, 8082));

    expect(await tryListen(8082)).toBe("EADDRINUSE");
    await closeSandbox(host.engine, idOf("a"));
    expect(await tryListen(8082)).toBe("listening");
  });

  it("goes to exactly one of many that want it at once", async () => {
    const names = Array.from({ length: 20 }, (_, i) => `racer${i}`);

    const results = await Promise.allSettled(names.map((name) => openContainer(host, name, publish(80, 8083))));

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("closeSandbox", () => {
  it("gives back addresses, ports, rules and devices", async () => {
    const web = await openContainer(host, "web", publish(80, 8080));

    await closeSandbox(host.engine, idOf("web"));
    await closeSandbox(host.engine, idOf("web"));

    expect(nft.run("list map inet tdock publish_to4")).not.toContain("8080");
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
    nft.run("table inet foreign { chain c { }; }");
    createNamespace(join(host.folder, "foreign"), () => {});

    const engine = await host.restart();
    await recoverSandboxes(engine, (id) => id === idOf("a"));

    await using _server = await serveTcp(a, 80);
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).not.toBe("");
    expect(engine.networks.sandboxes.list().map(({ containerName }) => containerName)).toEqual(["a"]);
    await untilGone(b.endpoints[0]?.hostDevice ?? "");
    expect(nft.run("list map inet tdock publish_to4")).not.toContain("8090");
    expect(nft.run("list tables")).toContain("foreign");
    nft.run("delete table inet foreign");
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
    nft.run("delete table inet tdock");

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

function tryListen(port: number): Promise<string> {
  return new Promise((resolve) => {
    const server: Server = createServer();
    server.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    server.listen(port, () => server.close(() => resolve("listening")));
  });
}
