import { createServer, type Server } from "node:net";
import { describe, expect, it } from "vitest";
import { closeSandbox } from "./close-sandbox.ts";
import { answerAssociations, askForAssociation } from "./testing/associations.ts";
import { addressOf, askTcp, idOf, openContainer, pathOf, serveTcp } from "./testing/containers.ts";
import { answerDatagrams, sendDatagram } from "./testing/datagrams.ts";
import { runIn } from "./testing/private-host.ts";

const here = "/proc/self/ns/net";

import { usePrivateHost } from "./testing/use-private-host.ts";

const host = usePrivateHost();

const publish = (containerPort: number, hostPort: number | string, HostIp = "") => ({
  hostConfig: { PortBindings: { [`${containerPort}/tcp`]: [{ HostIp, HostPort: String(hostPort) }] } },
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
      return await answerDatagrams(pathOf(sandbox), 5353, name);
    };
    const ask = () => sendDatagram(host.outside, "198.51.100.2", 5300);
    {
      using _first = await serve("first");
      expect(await ask()).toBe("first");
    }
    await closeSandbox(host.engine, idOf("first"));

    using _second = await serve("second");

    expect(await ask()).toBe("second");
  });

  it("of SCTP is reached from outside and from the host, and is taken by one container", async () => {
    const hostConfig = { PortBindings: { "3868/sctp": [{ HostPort: "9868" }] } };
    const web = await openContainer(host, "web", { hostConfig });
    using _server = await answerAssociations(pathOf(web), 3868);

    expect(await askForAssociation(host.outside, "198.51.100.2", 9868)).toBe("198.51.100.2 9868 5998");
    expect(await askForAssociation("/proc/self/ns/net", "198.51.100.2", 9868)).toBe("198.51.100.2 9868 5998");
    await expect(openContainer(host, "late", { hostConfig })).rejects.toThrow("allocated to container web");
  });

  it("is refused when another container has it, by that one's name", async () => {
    await openContainer(host, "a", publish(80, 8080, "127.0.0.1"));

    await expect(openContainer(host, "b", publish(80, 8080))).rejects.toThrow(
      "Bind for 0.0.0.0:8080 failed: port is already allocated to container a",
    );
    expect(host.engine.networks.sandboxes.get(idOf("b"))).toBeUndefined();
  });

  it("is refused when a process of the host listens there, at whichever address, by its name", async () => {
    const other = await openContainer(host, "other");
    await using _server = await serveTcp(here, 8081);
    using _datagrams = await answerDatagrams(here, 5353, "host");
    const udp = { hostConfig: { PortBindings: { "53/udp": [{ HostIp: "127.0.0.1", HostPort: "5353" }] } } };

    for (const [ports, place] of [
      [publish(80, 8081), "0\\.0\\.0\\.0:8081"],
      [publish(80, 8081, "198.51.100.2"), "198\\.51\\.100\\.2:8081"],
      [udp, "127\\.0\\.0\\.1:5353"],
    ] as const) {
      await expect(openContainer(host, "b", ports)).rejects.toThrow(
        new RegExp(`Bind for ${place} failed: port is already in use by \\S+ \\(pid \\d+\\)`),
      );
    }
    expect(host.engine.networks.sandboxes.list()).toEqual([other]);
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
