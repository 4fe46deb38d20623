import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { type Answer, decode, encode } from "dns-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkEndpoints } from "../check-endpoints.ts";
import { closeSandbox } from "../close-sandbox.ts";
import { rebuildFirewall } from "../rebuild-firewall.ts";
import type { Sandbox } from "../sandbox.ts";
import { addressOf, askTcp, openContainer, pathOf, serveTcp } from "../testing/containers.ts";
import { runIn } from "../testing/private-host.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";
import { seenDestinations } from "./seen.ts";

const host = usePrivateHost();
let server: AsyncDisposable;
let upstream: { close(): void };
beforeAll(async () => {
  server = await serveTcp(host.outside, 9000);
  upstream = await startUpstream();
});
afterAll(async () => {
  upstream.close();
  await server[Symbol.asyncDispose]();
});

const outside = "198.51.100.1";
const open = (...Egress: string[]) => openContainer(host, "job", { hostConfig: { Egress, Dns: ["198.51.100.2"] } });
const canReach = async (from: Sandbox, port = 9000) => (await askTcp(pathOf(from), outside, port)) !== "";
const lookUp = (from: Sandbox, name: string) => {
  const [resolver = ""] = host.engine.networks.nameServer.addressesFor(from);
  return runIn(pathOf(from), "busybox", "nslookup", "-type=a", name, resolver);
};

describe("--egress deny", () => {
  it("keeps a container from the outside and the host, but not from its neighbours and its DNS server", async () => {
    const [job, peer] = [await open("deny"), await openContainer(host, "peer")];
    await using _peer = await serveTcp(peer, 80);
    await using _host = await serveTcp("/proc/self/ns/net", 9100);

    expect(await canReach(job)).toBe(false);
    expect(await askTcp(pathOf(job), job.endpoints[0]?.ipv4?.gateway ?? "", 9100)).toBe("");
    expect(await askTcp(pathOf(job), peer.endpoints[0]?.ipv4?.address ?? "", 80)).not.toBe("");
    expect((await lookUp(job, "peer")).stdout).toContain(peer.endpoints[0]?.ipv4?.address);
    expect(await canReach(peer)).toBe(true);
  });
});

/** Sends `forged` from another's address, with a header of its own making; then says so. */
const forge = `import socket, struct, sys
source, target = (socket.inet_aton(one) for one in sys.argv[1:3])
packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 17, 0, source, target) + struct.pack(">HHHH", 9, 9200, 14, 0) + b"forged"
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(packet, (sys.argv[2], 0))`;
const receiveOne = `import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", 9200))
print("ready", file=sys.stderr, flush=True)
print(server.recv(99).decode(), end="")`;

describe("--egress deny and a forged sender", () => {
  it("do not get out: packets from a neighbour's address are dropped", async () => {
    const [job, peer] = [await open("deny"), await openContainer(host, "peer")];
    const server = spawn("nsenter", [`--net=${host.outside}`, "/usr/bin/python3", "-c", receiveOne]);
    const received = text(server.stdout);
    await once(server.stderr, "data");
    const send = (from: Sandbox, ...args: string[]) => runIn(pathOf(from), "/usr/bin/python3", "-c", ...args);

    expect(await send(job, forge, addressOf(peer), outside)).toMatchObject({ exitCode: 0, stderr: "" });
    await send(peer, `import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b"own", ("${outside}", 9200))`);

    expect(await received).toBe("own");
  });
});

describe("--egress allow", () => {
  it("takes no DNS server inside the container, which could say what is allowed", () => {
    const hostConfig = { Egress: ["allow=mirror.test"], Dns: ["127.0.0.1"] };

    expect(() => checkEndpoints(host.engine, { hostConfig, endpoints: { bridge: {} } })).toThrow(
      "inside the container",
    );
  });

  it("opens one address and port", async () => {
    const job = await open(`allow=${outside}:9000`);
    await using _other = await serveTcp(host.outside, 9001);

    expect(await canReach(job, 9000)).toBe(true);
    expect(await canReach(job, 9001)).toBe(false);
  });

  it("opens a range to every port and protocol", async () => {
    const job = await open("allow=198.51.100.0/24");

    expect(await canReach(job)).toBe(true);
    expect((await runIn(pathOf(job), "busybox", "ping", "-c1", "-W2", outside)).exitCode).toBe(0);
  });

  it("opens a name's addresses once the container has been told them", async () => {
    const job = await open("allow=allowed.test:9000");
    expect(await canReach(job)).toBe(false);

    await lookUp(job, "other.test");
    expect(await canReach(job)).toBe(false);

    await lookUp(job, "allowed.test");
    expect(await canReach(job)).toBe(true);
  });

  it.each([
    [
      "ranges within ranges",
      ["allow=198.51.100.0/24", "allow=198.51.0.0/16", "allow=198.51.100.1", "allow=198.51.0.0/16"],
    ],
    ["a name twice", ["allow=allowed.test", "allow=allowed.test", "allow=*.test"]],
    ["a name within a range", ["allow=198.51.100.0/24:9000", "allow=allowed.test:9000"]],
  ])("takes %s", async (_, words) => {
    const job = await open(...words);

    expect((await lookUp(job, "allowed.test")).stdout).toContain(outside);
    expect(await canReach(job)).toBe(true);
  });

  it("holds through a table that is made anew, and through a restart of tdockd", async () => {
    const job = await open("allow=*.test");
    await lookUp(job, "a.b.test");

    await rebuildFirewall(host.engine.networks);
    expect(await canReach(job)).toBe(true);
    await host.restart();
    expect(await canReach(job)).toBe(true);
  });

  it("ends with the container", async () => {
    await open("allow=allowed.test:9000").then((job) => lookUp(job, "allowed.test"));
    const [{ containerId = "" } = {}] = host.engine.networks.sandboxes.list();

    await closeSandbox(host.engine, containerId);

    expect(host.engine.networks.firewall.elementsOf("egress_port4")).toEqual([]);
    expect(host.engine.networks.firewall.elementsOf("egress4")).toEqual([]);
  });
});

describe("--egress log", () => {
  it("remembers where a container sent to, and lets it", async () => {
    const job = await open("log");

    await lookUp(job, "mirror.test");
    expect(await canReach(job)).toBe(true);

    const seen = { address: outside, name: "mirror.test", protocol: "tcp", port: 9000 };
    expect(seenDestinations(host.engine.networks, job)).toEqual([seen]);
  });

  it("remembers what was denied too", async () => {
    const job = await open("log", "deny");

    expect(await canReach(job)).toBe(false);

    expect(seenDestinations(host.engine.networks, job)).toHaveLength(1);
  });
});

/** A DNS server of the host that gives every name the address of the outside. */
async function startUpstream() {
  const socket = createSocket("udp4");
  socket.on("message", (bytes, { port, address }) => {
    const { id = 0, questions = [] } = decode(bytes);
    const name = questions[0]?.name ?? "";
    // By way of another name, and twice, as some servers do.
    const answers: Answer[] = [
      { name, type: "CNAME", data: "edge.test", ttl: 1 },
      ...[1, 2].map((ttl): Answer => ({ name: "edge.test", type: "A", data: outside, ttl })),
    ];
    socket.send(encode({ type: "response", id, flags: 0x180, questions, answers }), port, address);
  });
  await new Promise<void>((done) => socket.bind(53, "198.51.100.2", done));
  return { close: () => socket.close() };
}
