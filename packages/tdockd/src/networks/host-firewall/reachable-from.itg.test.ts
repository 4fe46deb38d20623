import { describe, expect, it } from "vitest";
import { closeSandbox } from "../close-sandbox.ts";
import { createNetwork } from "../create.ts";
import { healNetworks } from "../heal.ts";
import { inspectNetwork } from "../inspect.ts";
import { removeNetwork } from "../remove.ts";
import { askTcp, openContainer, pathOf, serveTcp } from "../testing/containers.ts";
import { runIn } from "../testing/private-host.ts";
import { useHostFirewall } from "../testing/use-host-firewall.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";

const host = usePrivateHost();
const { isOpen, openWeb, setFirewall } = useHostFirewall(host);

describe("a published port", () => {
  it("is told with whom it can be reached by", async () => {
    await setFirewall("drop");
    const bindings = [{ HostPort: "8080" }, { HostIp: "127.0.0.1", HostPort: "8081" }];
    await openContainer(host, "web", { hostConfig: { PortBindings: { "80/tcp": bindings } } });
    const reach = () => {
      const { PublishedPorts = [] } = inspectNetwork(host.engine, { id: "bridge" }) as { PublishedPorts?: object[] };
      return PublishedPorts.map((port) => [Reflect.get(port, "HostPort"), Reflect.get(port, "ReachableFrom")]);
    };

    expect(reach()).toEqual([
      ["8080", expect.stringMatching(/^this host and its containers; .* \(inet filter input\)$/)],
      ["8081", "this host"],
    ]);
    host.nft.run("delete table inet filter");
    await healNetworks(host.engine);
    expect(reach()).toEqual([
      ["8080", "everywhere"],
      ["8081", "this host"],
    ]);
  });

  it.each([
    ["that ufw and Docker have", ["-P FORWARD DROP"], "ip filter FORWARD"],
    ["that has rules about others", ["-P FORWARD DROP", "-A FORWARD -o docker0 -j ACCEPT"], "ip filter FORWARD"],
  ])("is not said to be open behind a forward chain %s, until that lets its network pass", async (_, rules, chain) => {
    const iptables = async (rule: string) => {
      const { stderr } = await runIn("/proc/self/ns/net", "iptables-nft", ...rule.split(" "));
      expect(stderr).toBe("");
      await healNetworks(host.engine);
    };
    const reach = () => inspectNetwork(host.engine, { id: "bridge" });
    await using _server = await serveTcp(await openWeb(), 80);
    for (const rule of rules) await iptables(rule);

    expect(await isOpen()).toBe(false);
    expect(reach()).toMatchObject({ PublishedPorts: [{ ReachableFrom: expect.stringContaining(`(${chain}`) }] });

    for (const way of ["-i", "-o"]) await iptables(`-A FORWARD ${way} tdock+ -j ACCEPT`);
    expect(await isOpen()).toBe(true);
    expect(reach()).toMatchObject({ PublishedPorts: [{ ReachableFrom: "everywhere" }] });
  });

  it("of a network that ignores the host's firewall is open, and inspect tells who reaches what", async () => {
    await setFirewall("drop");
    const { Id: id } = await createNetwork(host.engine, {
      body: { Name: "open", Options: { "com.tdock.host_firewall": "ignore" } },
    });
    await using _server = await serveTcp(await openWeb({ open: {} }), 80);

    expect(await isOpen()).toBe(true);
    expect(inspectNetwork(host.engine, { id })).toMatchObject({ PublishedPorts: [{ ReachableFrom: "everywhere" }] });

    for (const { containerId } of host.engine.networks.sandboxes.list()) await closeSandbox(host.engine, containerId);
    await removeNetwork(host.engine, { id });
  });

  it("of a network that ignores the host's firewall passes a forward chain that drops, and no other's does", async () => {
    const iptables = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await runIn("/proc/self/ns/net", "iptables-nft", ...args);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      return stdout;
    };
    await iptables("-P", "FORWARD", "DROP");
    await iptables("-A", "FORWARD", "-o", "docker0", "-j", "ACCEPT");
    const before = await iptables("-S");
    await healNetworks(host.engine);
    const options = { "com.tdock.host_firewall": "ignore", "com.docker.network.bridge.name": "open0" };
    const { Id: id } = await createNetwork(host.engine, { body: { Name: "open", Options: options } });
    const [web, other] = [await openWeb({ open: {} }), await openContainer(host, "other")];
    await using _server = await serveTcp(web, 80);
    await using _outside = await serveTcp(host.outside, 9000);
    const getsOut = async (from: typeof web) => (await askTcp(pathOf(from), "198.51.100.1", 9000)) !== "";

    expect([await isOpen(), await getsOut(web), await getsOut(other)]).toEqual([true, true, false]);
    expect(inspectNetwork(host.engine, { id })).toMatchObject({ PublishedPorts: [{ ReachableFrom: "everywhere" }] });
    expect((await iptables("-S")).match(/open0/g)).toHaveLength(2);

    // As ufw does when it is reloaded.
    await iptables("-F", "FORWARD");
    expect(await isOpen()).toBe(false);
    for (let look = 0; look < 2; look += 1) await healNetworks(host.engine);
    expect([await isOpen(), (await iptables("-S")).match(/open0/g)]).toEqual([
      true,
      expect.toSatisfy((all) => all.length === 2),
    ]);

    await host.closeContainers();
    await removeNetwork(host.engine, { id });
    expect(await iptables("-S")).toBe(before.replace("-A FORWARD -o docker0 -j ACCEPT\n", ""));
  });
});
