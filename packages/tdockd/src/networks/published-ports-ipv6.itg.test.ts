import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findLink } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { writeSysctl } from "../host/sysctl.ts";
import { closeSandbox } from "./close-sandbox.ts";
import { createNetwork } from "./create.ts";
import { healNetworks } from "./heal.ts";
import { loopbackStandIn } from "./loopback-answers.ts";
import { removeNetwork } from "./remove.ts";
import { askTcp, idOf, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { answerDatagrams, sendDatagram } from "./testing/datagrams.ts";
import { runIn } from "./testing/private-host.ts";
import { usePrivateHost } from "./testing/use-private-host.ts";

const here = "/proc/self/ns/net";
const host = usePrivateHost();

const publish = (containerPort: number, hostPort: number, HostIp = "") => ({
  hostConfig: { PortBindings: { [`${containerPort}/tcp`]: [{ HostIp, HostPort: String(hostPort) }] } },
});

/** Sends a packet to port 5353 of each address by way of the container's own device, whatever its routes are. */
const sendRaw = `import socket, struct, sys
name, source, mac = sys.argv[1:4]
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
raw.bind((name, 0))
def packed(address): return socket.inet_pton(socket.AF_INET6, address)
def checksum(data):
  total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
  while total >> 16: total = (total & 0xffff) + (total >> 16)
  return (~total & 0xffff) or 0xffff
for address in sys.argv[4:]:
  text = address.encode().ljust(20)
  ends = packed(source) + packed(address)
  length = 8 + len(text)
  pseudo = ends + struct.pack("!IHBB", length, 0, 0, 17)
  head = struct.pack("!HHH", 5353, 5353, length)
  head += struct.pack("!H", checksum(pseudo + head + bytes(2) + text))
  ip = struct.pack("!IHBB", 6 << 28, length, 17, 64) + ends
  raw.send(bytes.fromhex(mac.replace(":", "")) + raw.getsockname()[4] + struct.pack("!H", 0x86dd) + ip + head + text)`;

/** Prints the first packet that comes, and ends. */
const receiveOne = `import socket, sys
server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.bind(("::", 5353))
print("ready", file=sys.stderr, flush=True)
print(server.recv(99).decode().strip(), end="")`;

describe("a published port of a network with IPv6", () => {
  const device = "six0";
  beforeAll(async () => {
    const Options = { "com.docker.network.bridge.name": device };
    const IPAM = { Config: [{ Subnet: "fd66::/64" }] };
    await createNetwork(host.engine, { body: { Name: "six", EnableIPv6: true, Options, IPAM } });
  });
  afterEach(host.closeContainers);
  afterAll(() => removeNetwork(host.engine, { id: "six" }));
  const openSix = (name: string, ports: object) => openContainer(host, name, { endpoints: { six: {} }, ...ports });

  it.each([
    ["", 1],
    ["::", 1],
    ["::1", 1],
    ["::1", 0],
  ])("is reached by the host's ::1, published on '%s', with bridges filtered: %i", async (hostIp, filtered) => {
    writeSysctl("net/bridge/bridge-nf-call-ip6tables", filtered);
    const [web, too] = [
      await openSix("web", publish(80, 8080, hostIp)),
      await openSix("too", publish(80, 8081, hostIp)),
    ];
    await using _server = await serveTcp(web, 80);
    await using _another = await serveTcp(too, 80);

    expect(await askTcp(here, "::1", 8080)).toBe(loopbackStandIn);
    expect(await askTcp(here, "::1", 8081)).toBe(loopbackStandIn);
    expect(await askTcp(here, "127.0.0.1", 8080)).toBe(
      hostIp === "" ? `::ffff:${web.endpoints[0]?.ipv4?.gateway}` : "",
    );
  });

  it("of UDP is reached by the host's ::1 too", async () => {
    const hostConfig = { PortBindings: { "5353/udp": [{ HostIp: "::1", HostPort: "5300" }] } };
    const web = await openSix("web", { hostConfig });
    using _server = await answerDatagrams(pathOf(web), 5353, "six");

    expect(await sendDatagram(here, "::1", 5300)).toBe("six");
  });

  it.each(["delete table netdev tdock", "flush table netdev tdock", "flush ruleset"])(
    "is reached by ::1 again after '%s', and after kill -9 of tdockd",
    async (damage) => {
      const web = await openSix("web", publish(80, 8080, "::1"));
      await using _server = await serveTcp(web, 80);
      await healNetworks(host.engine);
      host.nft.run(damage);
      expect(await askTcp(here, "::1", 8080)).toBe("");

      // The kernel may miss a packet yet when the chain is there: whoever does not give up within a second sends again.
      const isReached = () => expect.poll(() => askTcp(here, "::1", 8080), { timeout: 5000 }).toBe(loopbackStandIn);
      await healNetworks(host.engine);
      await isReached();
      host.nft.run(damage);
      await host.restart();
      await isReached();
    },
  );

  it("is reached from outside, from the host's address and from containers", async () => {
    await runIn(here, "ip", "-6", "addr", "add", "2001:db8::2/64", "dev", "wan", "nodad");
    await runIn(host.outside, "ip", "-6", "addr", "add", "2001:db8::1/64", "dev", "wan", "nodad");
    await runIn(host.outside, "ip", "-6", "route", "add", "fd66::/64", "via", "2001:db8::2");
    const [web, other] = [await openSix("web", publish(80, 8080)), await openSix("other", {})];
    await using _server = await serveTcp(web, 80);
    await using _hidden = await serveTcp(web, 81);

    expect(await askTcp(host.outside, "2001:db8::2", 8080)).toBe("2001:db8::1");
    for (const from of [here, pathOf(other), pathOf(web)]) expect(await askTcp(from, "2001:db8::2", 8080)).not.toBe("");
    for (const port of [80, 81])
      expect(await askTcp(host.outside, web.endpoints[0]?.ipv6?.address ?? "", port)).toBe("");
  });

  it("is reached by ::1 past the host's filter of sources, as firewalld has one, and without a way out", async () => {
    const rule = "meta nfproto ipv6 fib saddr . mark . iif oif missing drop";
    host.nft.run(`table inet theirs {\nchain c {\ntype filter hook prerouting priority -290\n${rule}\n}\n}`);
    const hostConfig = { Egress: ["deny"], ...publish(80, 8080).hostConfig };
    const web = await openSix("web", { hostConfig });
    await using _server = await serveTcp(web, 80);

    expect(await askTcp(here, "::1", 8080)).toBe(loopbackStandIn);
    host.nft.run("delete table inet theirs");
  });

  it("opens the host's ::1 to no container", async () => {
    const web = await openSix("web", publish(80, 8080, "::1"));
    const server = spawn("/usr/bin/python3", ["-c", receiveOne]);
    using _stop = { [Symbol.dispose]: () => void server.kill("SIGKILL") };
    const received = text(server.stdout);
    await once(server.stderr, "data");
    using socket = new NetlinkSocket();
    const { device: name = "", ipv6 } = web.endpoints[0] ?? {};

    const addresses = [ipv6?.address ?? "", findLink(socket, device)?.mac ?? "", "::1", loopbackStandIn, "fd66::1"];
    const sent = await runIn(pathOf(web), "/usr/bin/python3", "-c", sendRaw, name, ...addresses);

    expect(sent).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await received).toBe("fd66::1");
  });

  it("leaves no rule of a container that is gone, and no table without any", async () => {
    const [web, too] = [await openSix("web", publish(80, 8080)), await openSix("too", publish(80, 8081))];
    await using _server = await serveTcp(too, 80);
    const name = web.endpoints[0]?.hostDevice ?? "";
    expect(host.nft.run("list table netdev tdock")).toContain(`chain ${name} `);

    await closeSandbox(host.engine, idOf("web"));

    expect(host.nft.run("list ruleset")).not.toContain(name);
    expect(await askTcp(here, "::1", 8081)).toBe(loopbackStandIn);
    await closeSandbox(host.engine, idOf("too"));
    expect(host.nft.run("list tables")).not.toContain("netdev");
  });
});
