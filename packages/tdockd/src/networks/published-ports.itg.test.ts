import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
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
import { addressOf, askTcp, idOf, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { runIn } from "./testing/private-host.ts";

const here = "/proc/self/ns/net";

import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();

const publish = (containerPort: number, hostPort: number | string, HostIp = "") => ({
  hostConfig: { PortBindings: { [`${containerPort}/tcp`]: [{ HostIp, HostPort: String(hostPort) }] } },
});

/** Answers each packet with a name. */
const echoName = `import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", 5353))
print("ready", flush=True)
while True: server.sendto(sys.argv[1].encode(), server.recvfrom(99)[1])`;

/** Sends from the same port each time, as a sender does that never pauses. */
const askFromOnePort = `import socket
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(2)
client.bind(("", 5999))
client.sendto(b"?", ("198.51.100.2", 5300))
print(client.recvfrom(99)[0].decode(), end="")`;

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
    const script = echoName.replace("AF_INET,", "AF_INET6,");
    const server = spawn("nsenter", [`--net=${pathOf(web)}`, "/usr/bin/python3", "-c", script, "six"]);
    using _stop = { [Symbol.dispose]: () => void server.kill("SIGKILL") };
    await once(server.stdout, "data");

    const ask = askFromOnePort.replace("AF_INET,", "AF_INET6,").replace("198.51.100.2", "::1");
    expect((await runIn(here, "/usr/bin/python3", "-c", ask)).stdout).toBe("six");
  });

  it.each(["delete table netdev tdock", "flush table netdev tdock", "flush ruleset"])(
    "is reached by ::1 again after '%s', and after kill -9 of tdockd",
    async (damage) => {
      const web = await openSix("web", publish(80, 8080, "::1"));
      await using _server = await serveTcp(web, 80);
      await healNetworks(host.engine);
      host.nft.run(damage);
      expect(await askTcp(here, "::1", 8080)).toBe("");

      await healNetworks(host.engine);

      expect(await askTcp(here, "::1", 8080)).toBe(loopbackStandIn);
      host.nft.run(damage);
      await host.restart();
      expect(await askTcp(here, "::1", 8080)).toBe(loopbackStandIn);
    },
  );

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

  it("leaves no rule of a container that is gone", async () => {
    const web = await openSix("web", publish(80, 8080));
    const name = web.endpoints[0]?.hostDevice ?? "";
    expect(host.nft.run("list table netdev tdock")).toContain(`chain ${name} `);

    await closeSandbox(host.engine, idOf("web"));

    expect(host.nft.run("list ruleset")).not.toContain(name);
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
    expect(host.nft.run("list map inet tdock publish4")).toMatch(
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

  it("of UDP leads a sender that never paused to the container that has it now", async () => {
    const hostConfig = { PortBindings: { "5353/udp": [{ HostIp: "", HostPort: "5300" }] } };
    const serve = async (name: string) => {
      const sandbox = await openContainer(host, name, { hostConfig });
      const server = spawn("nsenter", [`--net=${pathOf(sandbox)}`, "/usr/bin/python3", "-c", echoName, name]);
      await once(server.stdout, "data");
      return { [Symbol.dispose]: () => void server.kill("SIGKILL") };
    };
    const ask = async () => (await runIn(host.outside, "/usr/bin/python3", "-c", askFromOnePort)).stdout;
    {
      using _first = await serve("first");
      expect(await ask()).toBe("first");
    }
    await closeSandbox(host.engine, idOf("first"));

    using _second = await serve("second");

    expect(await ask()).toBe("second");
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

function tryListen(port: number): Promise<string> {
  return new Promise((resolve) => {
    const server: Server = createServer();
    server.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    server.listen(port, () => server.close(() => resolve("listening")));
  });
}
