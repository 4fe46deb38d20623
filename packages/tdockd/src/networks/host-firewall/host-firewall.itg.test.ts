import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import { afterEach, describe, expect, it } from "vitest";
import { closeSandbox } from "../close-sandbox.ts";
import { createNetwork } from "../create.ts";
import { healNetworks } from "../heal.ts";
import { inspectNetwork } from "../inspect.ts";
import { removeNetwork } from "../remove.ts";
import { askTcp, openContainer, pathOf, serveTcp } from "../testing/containers.ts";
import { runIn } from "../testing/private-host.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";

const host = usePrivateHost();
afterEach(async () => {
  for (const family of ["inet", "ip"]) host.nft.run(`add table ${family} filter\ndelete table ${family} filter`);
  await healNetworks(host.engine);
});

/** The host's administrator writes an input chain, and tdockd notices. */
async function setFirewall(policy: string, ...rules: string[]): Promise<void> {
  const sets = "set admins { type ipv4_addr; flags interval; elements = { 198.51.100.0/25 }; }";
  // A map of pairs to pairs: nft prints what it then does not read.
  const maps = "map moved { type inet_service : ipv4_addr . inet_service; }";
  const chain = `chain input { type filter hook input priority 0; policy ${policy};\n${rules.join("\n")}\n}`;
  host.nft.run(`table inet filter {\n${sets}\n${maps}\nchain common { tcp dport 8080 accept\n}\n${chain}\n}`);
  await healNetworks(host.engine);
}

const openWeb = (endpoints: Record<string, EndpointSettings> = { bridge: {} }) =>
  openContainer(host, "web", { endpoints, hostConfig: { PortBindings: { "80/tcp": [{ HostPort: "8080" }] } } });
const isOpen = async () => (await askTcp(host.outside, "198.51.100.2", 8080)) !== "";

/** The form of firewalld's table: what is known or redirected passes, the zone's chains decide, the rest is refused. */
const firewalldTable = (allowed: string) => `table inet filter {
  chain filter_IN_public_allow {
    ${allowed}
  }
  chain filter_IN_public {
    jump filter_IN_public_allow
    meta l4proto { icmp, ipv6-icmp } accept
    reject with icmpx admin-prohibited
  }
  chain filter_INPUT_ZONES {
    iifname "wan" goto filter_IN_public
    goto filter_IN_public
  }
  chain filter_INPUT {
    type filter hook input priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    iifname "lo" accept
    ct state invalid drop
    jump filter_INPUT_ZONES
    reject with icmpx admin-prohibited
  }
  chain filter_FORWARD {
    type filter hook forward priority filter + 10; policy accept;
    ct state { established, related } accept
    ct status dnat accept
    reject with icmpx admin-prohibited
  }
}`;

/** As ufw writes them: what is known passes, what is for nobody goes, the user's chain decides, the rest is dropped. */
const ufwRules = [
  "-P INPUT DROP",
  "-N user",
  "-N not-local",
  "-A INPUT -i lo -j ACCEPT",
  "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  "-A INPUT -m conntrack --ctstate INVALID -j DROP",
  "-A INPUT -p udp --sport 67 --dport 68 -j ACCEPT",
  "-A INPUT -j not-local",
  "-A not-local -m addrtype --dst-type LOCAL -j RETURN",
  "-A not-local -m addrtype --dst-type MULTICAST -j RETURN",
  "-A not-local -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix [UFW-BLOCK-tcp-dport-8080]",
  "-A not-local -j DROP",
  "-A INPUT -j user",
];

describe("a published port", () => {
  it.each([
    ["no rule about it", "accept", [], true],
    ["a rule that drops it", "accept", ["tcp dport 8080 drop"], false],
    ["a rule that drops it among others", "accept", ["tcp dport { 22, 8000-9000 } drop"], false],
    ["a policy that drops everything", "drop", ["tcp dport 22 accept"], false],
    ["a policy that drops everything but it", "drop", ["tcp dport 8080 accept"], true],
    ["an exception for its source", "drop", ["ip saddr 198.51.100.1 tcp dport 8080 accept"], true],
    ["an exception for other sources", "drop", ["ip saddr 203.0.113.1 tcp dport 8080 accept"], false],
    ["an exception for a set of sources", "drop", ["ip saddr @admins accept"], true],
    ["an exception by another chain", "drop", ["jump common"], true],
    ["an exception for its device", "drop", ['iifname "wan" accept'], true],
    ["a map of verdicts", "accept", ["tcp dport vmap { 22 : accept, 8080 : drop }"], false],
    ["a rule that drops what is for another port", "accept", ["tcp dport 80 drop"], true],
    ["a rule that drops what is for its address", "accept", ["ip daddr 198.51.100.2 drop"], false],
  ])("meets %s", async (_, policy, rules, expected) => {
    await setFirewall(policy, ...rules);
    await using _server = await serveTcp(await openWeb(), 80);

    expect(await isOpen()).toBe(expected);
  });

  it.each([
    ["a zone that does not name it", "tcp dport 22 accept", false],
    ["a zone that allows it", "tcp dport 8080 ct state { new, untracked } accept", true],
    ["a zone that allows it to some", "ip saddr 203.0.113.0/24 tcp dport 8080 accept", false],
  ])("meets %s, as firewalld writes them", async (_, allowed, expected) => {
    host.nft.run(firewalldTable(allowed));
    await healNetworks(host.engine);
    await using _server = await serveTcp(await openWeb(), 80);

    expect(await isOpen()).toBe(expected);
  });

  it.each([
    ["drops it", ["-A INPUT -p tcp --dport 8080 -j DROP"], false],
    ["drops it among others", ["-A INPUT -p tcp -m multiport --dports 22,8080 -j DROP"], false],
    ["rejects all but what is allowed, as ufw does", [...ufwRules, "-A user -p tcp --dport 22 -j ACCEPT"], false],
    ["drops all but others", ["-A INPUT -p tcp -m multiport ! --dports 22,80 -j DROP"], false],
    ["drops others", ["-A INPUT -p tcp -m multiport --dports 22,8000:8079 -j DROP"], true],
    ["drops what it calls known", ["-A INPUT -m conntrack --ctstate ESTABLISHED -j DROP"], true],
    ["drops what is new", ["-A INPUT -m conntrack --ctstate NEW -j DROP"], false],
    [
      "allows it among others, as ufw does",
      [...ufwRules, "-A user -p tcp -m multiport --dports 80,8080 -j ACCEPT"],
      true,
    ],
    [
      "allows it by a name, as ufw does",
      [...ufwRules, "-A user -p tcp --dport 8080 -m comment --comment dapp_Web -j ACCEPT"],
      true,
    ],
    ["allows it, as ufw does", [...ufwRules, "-A user -p tcp --dport 8080 -j ACCEPT"], true],
    ["allows it to some, as ufw does", [...ufwRules, "-A user -p tcp -s 203.0.113.0/24 --dport 8080 -j ACCEPT"], false],
  ])("meets a rule of iptables that %s", async (_, rules, expected) => {
    for (const rule of rules) {
      const added = await runIn("/proc/self/ns/net", "iptables-nft", ...rule.split(" "));
      expect(added).toMatchObject({ exitCode: 0 });
    }
    await healNetworks(host.engine);
    await using _server = await serveTcp(await openWeb(), 80);

    expect(await isOpen()).toBe(expected);
  });

  it("stays open to the host itself and to containers", async () => {
    await setFirewall("drop", "ct state established accept");
    const [web, other] = [await openWeb(), await openContainer(host, "other")];
    await using _server = await serveTcp(web, 80);

    expect(await askTcp("/proc/self/ns/net", "127.0.0.1", 8080)).not.toBe("");
    expect(await askTcp(pathOf(other), "198.51.100.2", 8080)).not.toBe("");
    expect(await isOpen()).toBe(false);
  });

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

  it("opens when the rule goes, and the host's own table is never touched", async () => {
    await setFirewall("drop");
    const before = host.nft.run("list table inet filter");
    await using _server = await serveTcp(await openWeb(), 80);
    expect(await isOpen()).toBe(false);
    expect(host.nft.run("list table inet filter")).toBe(before);

    host.nft.run("delete table inet filter");
    await healNetworks(host.engine);

    expect(await isOpen()).toBe(true);
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
