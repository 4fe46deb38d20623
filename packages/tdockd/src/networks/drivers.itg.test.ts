import { afterEach, describe, expect, it } from "vitest";
import { createVeth, findLink } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { joinNetwork } from "./change-sandbox.ts";
import { checkEndpoints } from "./check-endpoints.ts";
import { createNetwork } from "./create.ts";
import { inspectNetwork } from "./inspect.ts";
import { networkSettings } from "./network-settings.ts";
import { removeNetwork } from "./remove.ts";
import { addressOf, askTcp, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { runIn } from "./testing/private-host.ts";
import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();
afterEach(async () => {
  await host.closeContainers();
  for (const { id, labels } of host.engine.networks.records.list())
    if (labels.test === "yes") await removeNetwork(host.engine, { id });
});

const create = (Name: string, over: object) =>
  createNetwork(host.engine, { body: { Name, Labels: { test: "yes" }, ...over } });

describe("a macvlan network", () => {
  it("puts containers beside the host on the parent's own network", async () => {
    const IPAM = { Config: [{ Subnet: "198.51.100.0/24", Gateway: "198.51.100.1", IPRange: "198.51.100.64/27" }] };
    await create("lan", { Driver: "macvlan", Options: { parent: "wan" }, IPAM });
    const a = await openContainer(host, "a", { endpoints: { lan: {} } });
    await using _server = await serveTcp(host.outside, 9000);

    expect(addressOf(a)).toBe("198.51.100.64");
    // The outside sees the container's own address: nothing translates it.
    expect(await askTcp(pathOf(a), "198.51.100.1", 9000)).toMatch(/198\.51\.100\.64$/);
  });

  it("publishes nothing until its container joins a bridge network, and controls nothing that is sent", async () => {
    const IPAM = { Config: [{ Subnet: "198.51.100.0/24", Gateway: "198.51.100.1" }] };
    const { Id: id } = await create("lan", { Driver: "macvlan", Options: { parent: "wan" }, IPAM });
    const hostConfig = { PortBindings: { "80/tcp": [{ HostPort: "8080" }] } };
    const a = await openContainer(host, "a", { endpoints: { lan: {} }, hostConfig });
    const { containerId } = a;
    const ports = () => networkSettings(host.engine, { containerId, endpoints: {}, exposedPorts: ["80/tcp"] }).Ports;

    expect([ports(), inspectNetwork(host.engine, { id })]).toMatchObject([{ "80/tcp": null }, { PublishedPorts: [] }]);
    const network = host.engine.networks.records.get("bridge");
    await joinNetwork(host.engine, { sandbox: a, network, settings: { GwPriority: 1 } });
    expect(ports()).toEqual({ "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }] });
    const jailed = { hostConfig: { Egress: ["deny"] }, endpoints: { lan: {} } };
    expect(() => checkEndpoints(host.engine, jailed)).toThrow("egress cannot be controlled on network lan");
  });

  it("needs a parent that exists", async () => {
    await expect(create("x", { Driver: "macvlan" })).rejects.toThrow("needs the option parent");
    await create("gone", { Driver: "macvlan", Options: { parent: "no-such-dev" } });

    await expect(openContainer(host, "a", { endpoints: { gone: {} } })).rejects.toThrow(
      "parent device no-such-dev of network gone does not exist",
    );
  });
});

describe("an ipvlan network", () => {
  it("puts containers on the parent's own network with its hardware address, where the kernel has such devices", async () => {
    const IPAM = { Config: [{ Subnet: "198.51.100.0/24", Gateway: "198.51.100.1", IPRange: "198.51.100.64/27" }] };
    await create("lan", { Driver: "ipvlan", Options: { parent: "wan" }, IPAM });
    const probe = await runIn(
      "/proc/self/ns/net",
      "ip",
      "link",
      "add",
      "link",
      "wan",
      "name",
      "probe",
      "type",
      "ipvlan",
    );
    const isThere = probe.exitCode === 0;
    if (isThere) await runIn("/proc/self/ns/net", "ip", "link", "delete", "probe");
    await using _server = await serveTcp(host.outside, 9000);

    const opened = await openContainer(host, "a", { endpoints: { lan: {} } }).catch((error: Error) => error.message);

    const answered = typeof opened === "string" ? opened : await askTcp(pathOf(opened), "198.51.100.1", 9000);
    expect(answered).toMatch(isThere ? /198\.51\.100\.64$/ : /^this kernel has no ipvlan devices$/);
  });
});

describe("an internal network", () => {
  it("publishes to the host and its own containers, and says so", async () => {
    const { Id: id } = await create("inner", { Internal: true });
    const bindings = [{ HostPort: "8080" }, { HostIp: "127.0.0.1", HostPort: "8081" }];
    const hostConfig = { PortBindings: { "80/tcp": bindings } };
    const [a, b] = [
      await openContainer(host, "a", { endpoints: { inner: {} }, hostConfig }),
      await openContainer(host, "b"),
    ];
    const c = await openContainer(host, "c", { endpoints: { inner: {} } });
    await using _server = await serveTcp(a, 80);
    const gateway = host.engine.networks.records.get(id).subnets[0]?.gateway ?? "";

    expect(await askTcp("/proc/self/ns/net", "127.0.0.1", 8080)).not.toBe("");
    expect(await askTcp(pathOf(c), gateway, 8080)).not.toBe("");
    expect(await askTcp(pathOf(b), "198.51.100.2", 8080)).toBe("");
    expect(await askTcp(host.outside, "198.51.100.2", 8080)).toBe("");
    expect(inspectNetwork(host.engine, { id })).toMatchObject({
      PublishedPorts: [
        { ReachableFrom: "this host and the containers of this network" },
        { ReachableFrom: "this host" },
      ],
    });
  });
});

describe("a bridge network", () => {
  it("keeps its containers apart when icc is off, but not from the outside", async () => {
    await create("apart", { Options: { "com.docker.network.bridge.enable_icc": "false" } });
    const a = await openContainer(host, "a", { endpoints: { apart: {} } });
    const b = await openContainer(host, "b", { endpoints: { apart: {} } });
    const ping = (to: string) => runIn(pathOf(a), "busybox", "ping", "-c1", "-W1", to);

    expect((await ping(addressOf(b))).exitCode).not.toBe(0);
    expect((await ping("198.51.100.1")).exitCode).toBe(0);
  });

  it("leads out by the network with the highest gateway priority", async () => {
    await create("low", {});
    await create("high", {});
    const a = await openContainer(host, "a", { endpoints: { low: { GwPriority: 1 }, high: { GwPriority: 5 } } });

    const { stdout } = await runIn(pathOf(a), "ip", "route", "show", "default");

    expect(stdout).toContain(`via ${a.endpoints.find(({ networkName }) => networkName === "high")?.ipv4?.gateway} `);
  });

  it("says that it is full when the kernel has no port left, and leaves nothing of the attempt", async () => {
    const { Id: id } = await create("full", { IPAM: { Config: [{ Subnet: "10.88.0.0/16" }] } });
    using socket = new NetlinkSocket();
    const masterIndex = findLink(socket, host.engine.networks.records.get(id).device)?.index ?? 0;
    for (let port = 0; port < 1023; port += 1) {
      createVeth(socket, { name: `p${port}`, settings: { masterIndex }, peer: { name: `q${port}` } });
    }

    await expect(openContainer(host, "a", { endpoints: { full: {} } })).rejects.toThrow(
      "network full is full (1023 ports)",
    );
    expect(host.engine.networks.sandboxes.list()).toEqual([]);
  });

  it("says that it is full when all of its addresses are taken", async () => {
    await create("tiny", { IPAM: { Config: [{ Subnet: "10.89.0.0/30" }] } });
    await openContainer(host, "a", { endpoints: { tiny: {} } });

    await expect(openContainer(host, "b", { endpoints: { tiny: {} } })).rejects.toThrow(
      "no available IPv4 addresses on this network's address pools: tiny",
    );
  });
});
