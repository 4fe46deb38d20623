import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { enterNamespace } from "../../host/netns.ts";
import { holdPort } from "../../host/port-socket.ts";
import { closeSandbox } from "../close-sandbox.ts";
import { createNetwork } from "../create.ts";
import { healNetworks } from "../heal.ts";
import { removeNetwork } from "../remove.ts";
import type { Sandbox } from "../sandbox.ts";
import { askName } from "../testing/ask-name.ts";
import { addressOf, openContainer, pathOf } from "../testing/containers.ts";
import { runIn } from "../testing/private-host.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";
import { ownResolverAddress } from "./own-resolver.ts";

const host = usePrivateHost();
beforeAll(async () => void (await createNetwork(host.engine, { body: { Name: "front" } })));
afterEach(async () => {
  host.nft.run("add table inet filter\ndelete table inet filter");
  await healNetworks(host.engine);
});
afterAll(() => removeNetwork(host.engine, { id: "front" }));

const onFront = { endpoints: { front: {} } };

/** What the server of the container's own resolv.conf says, asked by UDP or, without the resolver's help, by TCP. */
const resolve = (from: Sandbox, name: string, server = nameserverOf(from)) => askName(from, name, server);

function nameserverOf(sandbox: Sandbox): string {
  return /^nameserver (.+)$/m.exec(resolvConfOf(sandbox))?.[1] ?? "";
}

function resolvConfOf({ folder }: Sandbox): string {
  return readFileSync(join(folder, "resolv.conf"), "utf8");
}

/** The host drops what comes to it, as ufw and firewalld do. */
async function closeHost(): Promise<void> {
  const chain = "chain input { type filter hook input priority 0; policy drop; iif lo accept\n}";
  host.nft.run(`table inet filter {\n${chain}\n}`);
  await healNetworks(host.engine);
}

describe("127.0.0.11", () => {
  it("is the DNS server of containers on networks of the user's, as in Docker", async () => {
    const [web, client] = [await openContainer(host, "web", onFront), await openContainer(host, "client", onFront)];

    expect(nameserverOf(client)).toBe(ownResolverAddress);
    expect(await resolve(client, "web")).toEqual([addressOf(web)]);
  });

  it("is asked for a container's name before a search domain is put behind it, unless another number of dots is wanted", async () => {
    const plain = await openContainer(host, "plain", { ...onFront, hostConfig: { DnsSearch: ["wildcard.test"] } });
    const own = await openContainer(host, "own", { ...onFront, hostConfig: { DnsOptions: ["ndots:3"] } });

    expect(resolvConfOf(plain)).toContain("search wildcard.test\noptions ndots:0\n");
    expect(resolvConfOf(own)).toContain("options ndots:3\n");
  });

  it("answers by TCP too", async () => {
    const client = await openContainer(host, "client", onFront);
    const script = `
      const query = Buffer.from("0007010000010000000000000663 6c69656e740000010001".replaceAll(" ", ""), "hex");
      const socket = require("net").connect(53, "${ownResolverAddress}", () =>
        socket.write(Buffer.concat([Buffer.from([0, query.length]), query])));
      socket.on("data", (answer) => { console.log([...answer.subarray(-4)].join(".")); process.exit(); });`;

    const { stdout } = await runIn(pathOf(client), process.execPath, "-e", script);

    expect(stdout.trim()).toBe(addressOf(client));
  });

  it("leaves port 53 to a DNS server in the container", async () => {
    const client = await openContainer(host, "client", onFront);
    const script = `const { createSocket } = require("dgram");
      createSocket("udp4").bind(53, () => require("net").createServer().listen(53, () => {
        console.log("bound"); process.exit(); }));`;

    expect((await runIn(pathOf(client), process.execPath, "-e", script)).stdout.trim()).toBe("bound");
  });

  it("answers again after kill -9 of tdockd", async () => {
    const [web, client] = [await openContainer(host, "web", onFront), await openContainer(host, "client", onFront)];

    await host.restart();

    expect(await resolve(client, "web")).toEqual([addressOf(web)]);
  });

  it("takes the ports again that it had, or others where a program of the container has taken one meanwhile", async () => {
    const client = await openContainer(host, "client", onFront);
    const rules = async () => (await runIn(pathOf(client), "nft", "list", "table", "ip", "tdock-dns")).stdout;
    const before = await rules();

    await host.restart();
    expect(await rules()).toBe(before);

    const [, port = ""] = /tcp dport 53 dnat to 127.0.0.11:(\d+)/.exec(before) ?? [];
    await host.engine.networks.nameServer[Symbol.asyncDispose]();
    const taken = enterNamespace(pathOf(client), () =>
      holdPort({ protocol: "tcp", address: ownResolverAddress, port: Number(port) }),
    );
    await host.restart();
    expect(await rules()).not.toBe(before);
    expect(await resolve(client, "client")).toEqual([addressOf(client)]);
    taken[Symbol.dispose]();
  });

  it("goes with its container: no socket keeps the namespace", async () => {
    const sockets = async () => {
      const { stdout } = await runIn("/proc/self/ns/net", "ls", "-l", `/proc/${process.pid}/fd`);
      return new Set(stdout.match(/socket:\[\d+\]/g));
    };
    const others = await sockets();
    const client = await openContainer(host, "client", onFront);
    const own = (await sockets()).difference(others);

    await closeSandbox(host.engine, client.containerId);

    expect(own.size).toBeGreaterThanOrEqual(4);
    await expect.poll(async () => (await sockets()).intersection(own)).toEqual(new Set());
  });
});

describe("a host that drops what comes to it", () => {
  it("cuts no container off from names, on whichever network", async () => {
    await closeHost();
    const [web, client] = [await openContainer(host, "web"), await openContainer(host, "client")];
    const { gateway = "" } = host.engine.networks.records.get("bridge").subnets[0] ?? {};

    expect(await resolve(client, "web")).toEqual([addressOf(web)]);
    expect(await resolve(client, "web", gateway)).toEqual([]);
  });

  it("cuts none off that ran before it did so", async () => {
    const [web, client] = [await openContainer(host, "web"), await openContainer(host, "client")];
    expect(nameserverOf(client)).not.toBe(ownResolverAddress);

    await closeHost();

    expect(nameserverOf(client)).toBe(ownResolverAddress);
    expect(await resolve(client, "web")).toEqual([addressOf(web)]);
  });
});
