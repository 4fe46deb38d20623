import { describe, expect, it } from "vitest";
import { healNetworks } from "../heal.ts";
import { askTcp, openContainer, pathOf, serveTcp } from "../testing/containers.ts";
import { runIn } from "../testing/private-host.ts";
import { useHostFirewall } from "../testing/use-host-firewall.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";

const host = usePrivateHost();
const { isOpen, openWeb, setFirewall } = useHostFirewall(host);

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
});
