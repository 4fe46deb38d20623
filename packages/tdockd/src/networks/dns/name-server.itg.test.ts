import { createSocket } from "node:dgram";
import { readdirSync, readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renameSandbox } from "../change-sandbox.ts";
import { closeSandbox } from "../close-sandbox.ts";
import { createNetwork } from "../create.ts";
import { removeNetwork } from "../remove.ts";
import type { Sandbox } from "../sandbox.ts";
import { askName } from "../testing/ask-name.ts";
import { addressOf, idOf, openContainer, pathOf } from "../testing/containers.ts";
import { answerDatagrams, sendDatagram } from "../testing/datagrams.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";

const host = usePrivateHost();

/** Asked as the container's resolv.conf says. */
const resolve = (from: Sandbox, name: string) => askName(from, name, nameServerOf(from));
const nameServerOf = (from: Sandbox) => host.engine.networks.nameServer.addressesFor(from)[0] ?? "";

describe("the DNS server", () => {
  it("finds containers of the default network by name, alias-like hostname and short id", async () => {
    const [web, client] = [
      await openContainer(host, "web", { hostname: "front" }),
      await openContainer(host, "client"),
    ];

    for (const name of ["web", "WEB", "front", idOf("web").slice(0, 12), "web.bridge"]) {
      expect(await resolve(client, name)).toEqual([addressOf(web)]);
    }
  });

  it("follows a new name and forgets the old one", async () => {
    const hostConfig = { Dns: ["127.0.0.78"] };
    const web = await openContainer(host, "web", { hostname: "front" });
    const client = await openContainer(host, "client", { hostConfig });

    renameSandbox(host.engine, idOf("web"), "site");

    expect(await resolve(client, "site")).toEqual([addressOf(web)]);
    expect(await resolve(client, "web.bridge")).toEqual([]);
  });
});

describe("names of other networks", () => {
  it("are not seen", async () => {
    const { Id: id } = await createNetwork(host.engine, { body: { Name: "back" } });
    const web = await openContainer(host, "web", { hostConfig: { Dns: ["127.0.0.78"] } });
    const db = await openContainer(host, "db", { endpoints: { back: {} } });

    expect(await resolve(web, "db.back")).toEqual([]);
    expect(await resolve(db, "db")).toEqual([addressOf(db)]);

    await closeSandbox(host.engine, idOf("db"));
    await removeNetwork(host.engine, { id });
  });
});

describe("where port 53 of the gateway is taken", () => {
  it("names are found all the same", async () => {
    const { Id: id } = await createNetwork(host.engine, { body: { Name: "busy" } });
    const gateway = host.engine.networks.records.get("busy").subnets[0]?.gateway ?? "";
    const squatter = createSocket("udp4");
    await new Promise<void>((done) => squatter.bind(53, gateway, done));

    const client = await openContainer(host, "client", { endpoints: { busy: {} } });

    expect(await resolve(client, "client")).toEqual([addressOf(client)]);
    squatter.close();
    await closeSandbox(host.engine, idOf("client"));
    await removeNetwork(host.engine, { id });
  });

  it("it is left to a container that publishes it, over a restart too, and names are found all the same", async () => {
    const client = await openContainer(host, "client");
    const binding = [{ HostPort: "53" }];
    const hostConfig = { PortBindings: { "53/udp": binding, "53/tcp": binding } };
    const hole = await openContainer(host, "hole", { hostConfig });
    using _server = await answerDatagrams(pathOf(hole), 53, "filtered");
    const later = await openContainer(host, "later");
    const check = async () => {
      for (const from of [client, hole, later]) expect(await resolve(from, "client")).toEqual([addressOf(client)]);
      expect(await sendDatagram(host.outside, "198.51.100.2", 53)).toBe("filtered");
    };

    await check();
    await host.restart();
    await check();
    await expect(openContainer(host, "late", { hostConfig })).rejects.toThrow("allocated to container hole");
    await host.closeContainers();
  });

  it("no descriptor is lost with each start", async () => {
    const { Id: id } = await createNetwork(host.engine, { body: { Name: "busy" } });
    const gateway = host.engine.networks.records.get("busy").subnets[0]?.gateway ?? "";
    const squatter = createSocket("udp4");
    await new Promise<void>((done) => squatter.bind(53, gateway, done));
    const sockets = () =>
      readdirSync("/proc/self/fd").filter((fd) => linkOf(`/proc/self/fd/${fd}`).startsWith("socket:")).length;
    const startAndEnd = async () => {
      await openContainer(host, "client", { endpoints: { busy: {} } });
      await closeSandbox(host.engine, idOf("client"));
    };
    await startAndEnd();
    const before = sockets();

    for (let round = 0; round < 5; round += 1) await startAndEnd();

    expect(sockets()).toBeLessThan(before + 5);
    squatter.close();
    await removeNetwork(host.engine, { id });
  });
});

/** Where a descriptor leads to; empty when it is closed by now. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
