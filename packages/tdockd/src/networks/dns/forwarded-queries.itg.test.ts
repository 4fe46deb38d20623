import { type BindOptions, createSocket } from "node:dgram";
import { createServer } from "node:net";
import { decode, encode } from "dns-packet";
import { beforeAll, describe, expect, it } from "vitest";
import { enterNamespace } from "../../host/netns.ts";
import { bindPort } from "../../host/port-socket.ts";
import { closeSandbox } from "../close-sandbox.ts";
import { createNetwork } from "../create.ts";
import { removeNetwork } from "../remove.ts";
import type { Sandbox } from "../sandbox.ts";
import { askName } from "../testing/ask-name.ts";
import { addressOf, idOf, openContainer, pathOf } from "../testing/containers.ts";
import { runIn } from "../testing/private-host.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";
import { ownResolverAddress } from "./own-resolver.ts";

const host = usePrivateHost();
/** Addresses of the host for DNS servers. */
const [nearby, silent] = ["203.0.113.77", "203.0.113.79"];
beforeAll(async () => {
  for (const address of [nearby, silent])
    await runIn("/proc/self/ns/net", "ip", "addr", "add", `${address}/32`, "dev", "lo");
});

/** Asked as the container's resolv.conf says. */
const resolve = (from: Sandbox, name: string) => askName(from, name, nameServerOf(from));
const nameServerOf = (from: Sandbox) => host.engine.networks.nameServer.addressesFor(from)[0] ?? "";

describe("a query for somebody else", () => {
  it("goes to the container's own servers, byte for byte, and the answer comes back", async () => {
    const upstream = await startUpstream();
    const client = await openContainer(host, "client", { hostConfig: { Dns: [nearby] } });

    expect(await resolve(client, "example.test")).toEqual(["203.0.113.9"]);

    expect(upstream.asked).toContain("example.test");
    upstream.close();
  });

  it("stays inside when all networks of the container are internal", async () => {
    const upstream = await startUpstream();
    const { Id: id } = await createNetwork(host.engine, { body: { Name: "inner", Internal: true } });
    const client = await openContainer(host, "client", {
      endpoints: { inner: {} },
      hostConfig: { Dns: [nearby] },
    });

    expect(await resolve(client, "leak.test")).toEqual([]);
    expect(await resolve(client, "client")).toEqual([addressOf(client)]);

    expect(upstream.asked).toEqual([]);
    upstream.close();
    await closeSandbox(host.engine, idOf("client"));
    await removeNetwork(host.engine, { id });
  });

  it("on internal networks goes to a server of the container's that is on them too", async () => {
    const body = { Name: "inner", Internal: true, IPAM: { Config: [{ Subnet: "10.99.0.0/24" }] } };
    const { Id: id } = await createNetwork(host.engine, { body });
    const at = (IPv4Address: string) => ({ inner: { IPAMConfig: { IPv4Address } } });
    const server = await openContainer(host, "server", { endpoints: at("10.99.0.53") });
    const port = { protocol: "udp", address: "10.99.0.53", port: 53 } as const;
    const upstream = await startUpstream(enterNamespace(pathOf(server), () => bindPort(port)));
    const client = await openContainer(host, "client", {
      endpoints: at("10.99.0.2"),
      hostConfig: { Dns: [nearby, "10.99.0.53"] },
    });

    expect(await resolve(client, "inside.test")).toEqual(["203.0.113.9"]);

    upstream.close();
    await host.closeContainers();
    await removeNetwork(host.engine, { id });
  });

  it("goes to a server of the container's own on 127.0.0.1, by UDP and TCP, on internal networks too", async () => {
    const { Id: id } = await createNetwork(host.engine, { body: { Name: "inner", Internal: true } });
    const onHost = await startUpstream({ address: "127.0.0.1", port: 53 });
    const client = await openContainer(host, "client", {
      endpoints: { inner: {} },
      hostConfig: { Dns: [ownResolverAddress, "127.0.0.1"] },
    });
    const open = (protocol: "udp" | "tcp") =>
      enterNamespace(pathOf(client), () => bindPort({ protocol, address: "127.0.0.1", port: 53 }));
    const inside = await startUpstream(open("udp"));
    const byTcp = createServer((socket) => socket.on("data", (query) => socket.end(query)));
    await new Promise<void>((done) => byTcp.listen(open("tcp"), done));

    expect(await resolve(client, "inside.test")).toEqual(["203.0.113.9"]);
    expect([inside.asked, onHost.asked]).toEqual([["inside.test"], []]);
    const query = encode({ type: "query", id: 7, questions: [{ type: "A", name: "inside.test" }] });
    const script = `const query = Buffer.from("${query.toString("hex")}", "hex");
      const socket = require("net").connect(53, "${nameServerOf(client)}", () =>
        socket.write(Buffer.concat([Buffer.from([0, query.length]), query])));
      socket.on("data", (answer) => { console.log(answer.toString("hex").slice(4)); process.exit(); });`;
    expect((await runIn(pathOf(client), process.execPath, "-e", script)).stdout.trim()).toBe(query.toString("hex"));

    for (const server of [inside, onHost, byTcp]) server.close();
    await host.closeContainers();
    await removeNetwork(host.engine, { id });
  });

  it("on a macvlan network goes to a neighbour there, which the host does not reach", async () => {
    const IPAM = { Config: [{ Subnet: "198.51.100.0/24", Gateway: "198.51.100.1", IPRange: "198.51.100.64/27" }] };
    const body = { Name: "lan", Driver: "macvlan", Options: { parent: "wan" }, IPAM };
    const { Id: id } = await createNetwork(host.engine, { body });
    const server = await openContainer(host, "server", { endpoints: { lan: {} } });
    const port = { protocol: "udp", address: addressOf(server), port: 53 } as const;
    const upstream = await startUpstream(enterNamespace(pathOf(server), () => bindPort(port)));
    const client = await openContainer(host, "client", {
      endpoints: { lan: {} },
      hostConfig: { Dns: [addressOf(server)] },
    });

    expect(await resolve(client, "near.test")).toEqual(["203.0.113.9"]);

    upstream.close();
    await host.closeContainers();
    await removeNetwork(host.engine, { id });
  });

  it("of one container that nobody answers holds up no other's", async () => {
    const mute = createSocket("udp4");
    await new Promise<void>((done) => mute.bind(53, silent, done));
    const upstream = await startUpstream();
    const greedy = await openContainer(host, "greedy", { hostConfig: { Dns: [silent] } });
    const client = await openContainer(host, "client", { hostConfig: { Dns: [nearby] } });
    const query = encode({ type: "query", id: 7, flags: 256, questions: [{ type: "A", name: "lost.test" }] });
    const script = `
      const socket = require("dgram").createSocket("udp4");
      const query = Buffer.from("${query.toString("hex")}", "hex");
      socket.on("message", () => process.exit());
      setInterval(() => { for (let i = 0; i < 50; i += 1) socket.send(query, 53, "${nameServerOf(greedy)}"); }, 5);`;
    await runIn(pathOf(greedy), process.execPath, "-e", script);

    expect(await resolve(client, "example.test")).toEqual(["203.0.113.9"]);

    mute.close();
    upstream.close();
  });

  it("is answered with a failure when no server is known to answer", async () => {
    const client = await openContainer(host, "client", { hostConfig: { Dns: ["127.0.0.78"] } });

    expect(await resolve(client, "example.test")).toEqual([]);
  });
});

/** A server, on the host unless said otherwise, that knows one address for every name. */
async function startUpstream(place: BindOptions = { address: nearby, port: 53 }) {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (bytes, { port, address }) => {
    const { id = 0, questions = [] } = decode(bytes);
    const name = questions[0]?.name ?? "";
    asked.push(name);
    const answers = [{ name, type: "A" as const, data: "203.0.113.9", ttl: 60 }];
    socket.send(encode({ type: "response", id, flags: 0x180, questions, answers }), port, address);
  });
  await new Promise<void>((done) => socket.bind(place, done));
  return { asked, close: () => socket.close() };
}
