import { afterEach, describe, expect, it } from "vitest";
import { enterNamespace } from "../host/netns.ts";
import { readSysctl, writeSysctl } from "../host/sysctl.ts";
import { createNetwork } from "./create.ts";
import { removeNetwork } from "./remove.ts";
import type { Sandbox } from "./sandbox.ts";
import { addressOf, askTcp, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { runIn } from "./testing/private-host.ts";
import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();
afterEach(async () => {
  await host.closeContainers();
  for (const { id, labels } of host.engine.networks.records.list())
    if (labels.test === "yes") await removeNetwork(host.engine, { id });
});

const create = (Name: string, over: object = {}) =>
  createNetwork(host.engine, { body: { Name, Labels: { test: "yes" }, ...over } });

/** Tells all neighbours to send by this machine, and to take addresses of its prefix. */
const advertise = `import socket, struct
raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 9000, 9000, 0) + socket.inet_pton(socket.AF_INET6, "2001:db8:bad::")
raw.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 9000, 0, 0) + prefix, ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))`;

describe("three networks of three containers", () => {
  it("reach their own, who sees whom it is spoken to by, and nobody else", async () => {
    const names = ["red", "green", "blue"];
    const all: { network: string; container: Sandbox }[] = [];
    for (const network of names) {
      await create(network);
      for (const number of [1, 2, 3]) {
        const container = await openContainer(host, `${network}${number}`, { endpoints: { [network]: {} } });
        all.push({ network, container });
      }
    }
    const servers = names.map((name) => all.find(({ network }) => network === name)?.container as Sandbox);
    await using stack = new AsyncDisposableStack();
    for (const server of servers) stack.use(await serveTcp(server, 80));

    const heard = await Promise.all(
      all.map(({ container }) => Promise.all(servers.map((one) => askTcp(pathOf(container), addressOf(one), 80)))),
    );

    const expected = all.map(({ network, container }) =>
      names.map((name) => (name === network ? expect.stringMatching(new RegExp(`${addressOf(container)}$`)) : "")),
    );
    expect(heard).toEqual(expected);
  });
});

describe("a port published on 127.0.0.1", () => {
  it("is not reached by a neighbour machine that sends to the container's address or to 127.0.0.1", async () => {
    const PortBindings = { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8080" }] };
    const web = await openContainer(host, "web", { hostConfig: { PortBindings } });
    await using _server = await serveTcp(web, 80);
    const { subnet = "" } = host.engine.networks.records.get("bridge").subnets[0] ?? {};
    await runIn(host.outside, "ip", "route", "add", subnet, "via", "198.51.100.2");
    // Its own 127.0.0.1 out of the way, and the host's asked for by the wire.
    enterNamespace(host.outside, () => writeSysctl("net/ipv4/conf/wan/route_localnet", 1));
    for (const command of ["addr del 127.0.0.1/8 dev lo", "route add 127.0.0.1 via 198.51.100.2 src 198.51.100.1"])
      await runIn(host.outside, "ip", ...command.split(" "));

    expect(await askTcp("/proc/self/ns/net", "127.0.0.1", 8080)).not.toBe("");
    expect(await askTcp(host.outside, addressOf(web), 80)).toBe("");
    expect(await askTcp(host.outside, "127.0.0.1", 8080)).toBe("");
  });
});

describe("a router that a container claims to be", () => {
  it("is believed by none of its neighbours, with IPv6 or without", async () => {
    await create("six", { EnableIPv6: true, IPAM: { Config: [{ Subnet: "fd66::/64" }] } });
    const onSix = { endpoints: { six: {} } };
    const [router, victim] = [await openContainer(host, "router", onSix), await openContainer(host, "victim", onSix)];
    const [credulous, plain] = [await openContainer(host, "credulous", onSix), await openContainer(host, "plain")];
    enterNamespace(pathOf(credulous), () => writeSysctl("net/ipv6/conf/eth0/accept_ra", 2));
    const isTold = async (one: Sandbox) =>
      (await runIn(pathOf(one), "ip", "-6", "route")).stdout.includes("2001:db8:bad::");

    await expect
      .poll(
        async () => {
          await runIn(pathOf(router), "/usr/bin/python3", "-c", advertise);
          return await isTold(credulous);
        },
        { timeout: 10_000 },
      )
      .toBe(true);

    expect([await isTold(victim), await isTold(plain)]).toEqual([false, false]);
    for (const one of [victim, plain])
      enterNamespace(pathOf(one), () => expect(readSysctl("net/ipv6/conf/eth0/accept_ra")).toBe("0"));
  });
});

describe("a network's gateway mode", () => {
  it.each([
    ["nat", ["", "", false], "198.51.100.2"],
    ["routed", ["web", "", true], "own"],
    ["nat-unprotected", ["web", "web", true], "198.51.100.2"],
  ])(
    "%s opens the container's own address so far, and hides it or not",
    async (mode, [published, other, ping], seen) => {
      const Options = { "com.docker.network.bridge.gateway_mode_ipv4": mode };
      await create("modes", { Options, IPAM: { Config: [{ Subnet: "10.66.0.0/24" }] } });
      const hostConfig = { PortBindings: { "80/tcp": [{ HostPort: "8080" }, { HostPort: "8081" }] } };
      const web = await openContainer(host, "web", { endpoints: { modes: {} }, hostConfig });
      const stranger = await openContainer(host, "stranger");
      await using _open = await serveTcp(web, 80);
      await using _hidden = await serveTcp(web, 81);
      await using _outside = await serveTcp(host.outside, 9000);
      await runIn(host.outside, "ip", "route", "replace", "10.66.0.0/24", "via", "198.51.100.2");
      const ask = async (port: number, from = host.outside) =>
        (await askTcp(from, addressOf(web), port)) === "" ? "" : "web";
      const { exitCode } = await runIn(host.outside, "busybox", "ping", "-c1", "-W1", addressOf(web));

      expect([await ask(80), await ask(81), exitCode === 0]).toEqual([published, other, ping]);
      const source = seen === "own" ? addressOf(web) : seen;
      expect(await askTcp(pathOf(web), "198.51.100.1", 9000)).toMatch(new RegExp(`:${source}$`));
      expect([await ask(80, pathOf(stranger)), await ask(81, pathOf(stranger))]).toEqual(["", ""]);
    },
  );

  it("of one family leaves the other as it is", async () => {
    const Options = { "com.docker.network.bridge.gateway_mode_ipv6": "routed" };
    await create("modes", { Options, EnableIPv6: true, IPAM: { Config: [{ Subnet: "fd66::/64" }] } });
    const web = await openContainer(host, "web", { endpoints: { modes: {} } });
    await using _outside = await serveTcp(host.outside, 9000);

    expect(await askTcp(pathOf(web), "198.51.100.1", 9000)).toMatch(/:198\.51\.100\.2$/);
  });
});
