import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("networks", (suite) => {
  const { mustTdock } = suite;
  const run = (...args: string[]) => mustTdock(["run", "-d", "--rm", ...args]);
  const inspect = async (kind: string, name: string) => JSON.parse(await mustTdock([kind, "inspect", name]))[0];
  const exec = (container: string, ...command: string[]) => suite.tdock(["exec", container, ...command]);
  const webServer = ["sh", "-c", "hostname > /tmp/name; exec httpd -f -p 80 -h /tmp"];
  const fetchFrom = async (container: string, url: string) =>
    (await exec(container, "timeout", "2", "wget", "-qO-", url)).stdout.trim();

  it("gives containers of one network each other's names, aliases and addresses", async () => {
    await mustTdock(["network", "create", "front"]);
    await run("--name=web", "--hostname=web", "--network=front", "--network-alias=site", suite.busybox, ...webServer);
    await run("--name=client", "--network=front", suite.busybox, "sleep", "600");

    expect(await fetchFrom("client", "http://web/name")).toBe("web");
    expect(await fetchFrom("client", "http://site/name")).toBe("web");
    const { Containers } = await inspect("network", "front");
    expect(
      Object.values(Containers)
        .map((one) => (one as { Name: string }).Name)
        .sort(),
    ).toEqual(["client", "web"]);
  });

  it.each(["front", "bridge"])("answers names, short ids and addresses on the network %s", async (network) => {
    const id = await run(
      "--name=asked",
      "--hostname=front-door",
      `--network=${network}`,
      suite.busybox,
      "sleep",
      "600",
    );
    await run("--name=asking", `--network=${network}`, suite.busybox, "sleep", "600");
    const address = (await exec("asked", "hostname", "-i")).stdout.trim();
    const lookUp = async (what: string) => (await exec("asking", "nslookup", "-type=a", what)).stdout;

    for (const name of ["asked", "front-door", id.slice(0, 12)]) expect(await lookUp(name)).toContain(address);
    expect((await exec("asking", "nslookup", address)).stdout).toContain("name = asked");
    await mustTdock(["rm", "-f", "asked", "asking"]);
    await eventually(async () =>
      expect((await exec("client", "nslookup", address)).stdout).not.toContain("name = asked"),
    );
  });

  it("keeps networks apart until a container is connected to both", async () => {
    await mustTdock(["network", "create", "back"]);
    await run("--name=db", "--hostname=db", "--network=back", suite.busybox, ...webServer);
    expect(await fetchFrom("client", "http://db/name")).toBe("");

    await mustTdock(["network", "connect", "--alias", "store", "back", "client"]);
    expect(await fetchFrom("client", "http://store.back/name")).toBe("");
    expect(await fetchFrom("client", "http://db/name")).toBe("db");

    await mustTdock(["network", "disconnect", "back", "client"]);
    expect(await fetchFrom("client", "http://db/name")).toBe("");
  });

  it("gives the addresses that are asked for, and refuses those that cannot be", async () => {
    await mustTdock([
      ...["network", "create", "--subnet=10.77.0.0/24", "--gateway=10.77.0.9", "--ip-range=10.77.0.128/25"],
      ...["--aux-address=router=10.77.0.200", "fixed"],
    ]);
    const address = (name: string) =>
      mustTdock(["inspect", "-f", "{{.NetworkSettings.Networks.fixed.IPAddress}}", name]).then((text) => text.trim());
    await run(
      "--name=one",
      "--network=fixed",
      "--ip=10.77.0.50",
      "--mac-address=02:11:22:33:44:55",
      suite.busybox,
      "sleep",
      "600",
    );
    await run("--name=two", "--network=fixed", suite.busybox, "sleep", "600");

    expect(await address("one")).toBe("10.77.0.50");
    expect(await address("two")).toBe("10.77.0.128");
    expect((await exec("one", "cat", "/sys/class/net/eth0/address")).stdout).toBe("02:11:22:33:44:55\n");
    expect((await exec("one", "ip", "route")).stdout).toContain("default via 10.77.0.9");
    for (const taken of ["10.77.0.50", "10.77.0.9", "10.77.0.200", "10.78.0.1"]) {
      const { exitCode } = await suite.tdock([
        "run",
        "--rm",
        "--network=fixed",
        `--ip=${taken}`,
        suite.busybox,
        "true",
      ]);
      expect(exitCode).toBe(125);
    }
  });

  it("carries IPv6, with names and published ports", async () => {
    await mustTdock(["network", "create", "--ipv6", "--subnet=fd77:1::/64", "six"]);
    await run("--name=web6", "--hostname=web6", "--network=six", "-p", "[::1]:0:80", suite.busybox, ...webServer);
    await run("--name=client6", "--network=six", suite.busybox, "sleep", "600");

    const { stdout } = await exec("client6", "nslookup", "-type=aaaa", "web6");

    expect(stdout).toContain("fd77:1::2");
    expect(await fetchFrom("client6", "http://[fd77:1::2]/name")).toBe("web6");
    const place = (await mustTdock(["port", "web6", "80"])).trim();
    expect(place).toMatch(/^\[::1\]:\d+$/);
    expect(await (await fetch(`http://${place}/name`)).text()).toBe("web6\n");
  });

  it("gives IPv6 and link-local addresses that are asked for", async () => {
    const flags = ["--network=six", "--ip6=fd77:1::99", "--link-local-ip=169.254.77.7", "--link-local-ip=fe80::77"];
    await run("--name=local", ...flags, suite.busybox, "sleep", "600");

    const { stdout } = await exec("local", "ip", "addr", "show", "dev", "eth0");

    for (const address of ["fd77:1::99/64", "169.254.77.7/16", "fe80::77/64"]) expect(stdout).toContain(` ${address} `);
    expect((await exec("client6", "ping", "-c1", "fd77:1::99")).exitCode).toBe(0);
    for (const flag of ["--ip6=fd78::1", "--ip6=fd77:1::99", "--ip6=FD77:1:0::99", "--link-local-ip=nowhere"]) {
      expect((await suite.tdock(["run", "--rm", "--network=six", flag, suite.busybox, "true"])).exitCode).toBe(125);
    }
  });

  it("gives an internal network no way out and no way in", async () => {
    await mustTdock(["network", "create", "--internal", "inner"]);
    await run("--name=hidden", "--hostname=hidden", "--network=inner", suite.busybox, ...webServer);
    const { stdout } = await exec("hidden", "ip", "route");

    expect(stdout).not.toContain("default");
    expect(await fetchFrom("client", `http://${(await exec("hidden", "hostname", "-i")).stdout.trim()}/name`)).toBe("");
  });

  it("publishes ports on 127.0.0.1 and tells where", async () => {
    await run("--name=pub", "--hostname=pub", "-p", "127.0.0.1::80", suite.busybox, ...webServer);
    const place = (await mustTdock(["port", "pub", "80"])).trim();

    expect(place).toMatch(/^127\.0\.0\.1:\d+$/);
    expect((await fetch(`http://${place}/name`)).status).toBe(200);
    const { exitCode, stderr } = await suite.tdock(["run", "--rm", "-p", `${place}:80`, suite.busybox, "true"]);
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining("port is already allocated to container pub")]);
  });

  it("publishes ranges and the first free port of a range, by tcp and udp", async () => {
    const serve = "hostname > /tmp/name; for port in 80 81; do httpd -p $port -h /tmp; done; exec sleep 600";
    const ports = ["-p", "127.0.0.1::80-81", "-p", "127.0.0.1:21000-21999:81", "-p", "127.0.0.1::53/udp"];
    await run("--name=ranged", "--hostname=ranged", ...ports, suite.busybox, "sh", "-c", serve);
    const lines = (await mustTdock(["port", "ranged"])).trim().split("\n");

    expect(lines.map((line) => line.split(" -> ")[0])).toEqual(["53/udp", "80/tcp", "81/tcp", "81/tcp"]);
    expect(lines).toContainEqual(expect.stringMatching(/^81\/tcp -> 127\.0\.0\.1:21\d{3}$/));
    for (const line of lines.slice(1)) {
      expect(await (await fetch(`http://${line.split(" -> ")[1]}/name`)).text()).toBe("ranged\n");
    }
  });

  it("shares the network of another container, and that of the host", async () => {
    const ask = [suite.busybox, "wget", "-qO-", "http://127.0.0.1/name"];
    const shared = await mustTdock(["run", "--rm", "--network=container:web", ...ask]);
    const ofHost = await mustTdock(["run", "--rm", "--network=host", suite.busybox, "readlink", "/proc/self/ns/net"]);

    expect(shared.trim()).toBe("web");
    expect(ofHost.trim()).toBe((await runProgram("readlink", ["/proc/self/ns/net"])).stdout.trim());
  });

  it.each(["bridge", "none"])("lets programs without privileges open low ports and ping, on %s", async (network) => {
    const script =
      "httpd -p 80 -h / && wget -qO- http://127.0.0.1/etc/group && cat /proc/sys/net/ipv4/ping_group_range";
    const flags = [`--network=${network}`, "--user=1000", "--cap-drop=ALL", suite.busybox, "sh", "-c", script];

    expect(await mustTdock(["run", "--rm", ...flags])).toMatch(/^root:.*\n0\s+2147483647$/s);
    const own = await suite.tdock(["run", "--rm", "--sysctl=net.ipv4.ip_unprivileged_port_start=1024", ...flags]);
    expect(own.stderr).toContain("Permission denied");
  });

  it("keeps a container without network to itself", async () => {
    const devices = await mustTdock(["run", "--rm", "--network=none", suite.busybox, "ls", "/sys/class/net"]);

    expect(devices.trim().split(/\s+/)).toContain("lo");
    expect(devices).not.toContain("eth0");
  });

  it("finds a container by its new name, and not by the old one", async () => {
    await mustTdock(["rename", "two", "zwei"]);

    expect((await exec("one", "nslookup", "-type=a", "zwei")).stdout).toContain("10.77.0.128");
  });

  it.each([
    ["an overlapping subnet", ["--subnet=10.77.0.0/25", "overlap"], "overlaps with 10.77.0.0/24 of network fixed"],
    [
      "a gateway outside its subnet",
      ["--subnet=10.79.0.0/24", "--gateway=10.80.0.1", "x"],
      "no matching subnet for gateway 10.80.0.1",
    ],
    ["a gateway at its subnet's end", ["--subnet=10.79.0.0/24", "--gateway=10.79.0.255", "x"], "stands for the subnet"],
    ["a name in use", ["front"], "already exists"],
    ["a name that is a path", ["../x"], "invalid network name"],
    ["a name that is a rule", ["x; flush ruleset"], "invalid network name"],
    ["a predefined name", ["bridge"], "predefined"],
    ["an unknown driver", ["-d", "overlay", "x"], "plugin"],
    ["an unknown option", ["-o", "encrypted=true", "x"], "unknown option"],
    ["a network of a swarm's entrance", ["--ingress", "x"], "not a swarm manager"],
    ["a network of a swarm", ["--scope=swarm", "x"], "not a swarm manager"],
    ["an IPAM option that there is not", ["--ipam-opt=a=b", "x"], "invalid IPAM option"],
    ["an IPAM driver that there is not", ["--ipam-driver=dhcp", "x"], "invalid IPAM driver"],
  ])("refuses %s", async (_, args, message) => {
    const { exitCode, stderr } = await suite.tdock(["network", "create", ...args]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });

  it("refuses to remove a network in use, and to connect what has another's network", async () => {
    const remove = await suite.tdock(["network", "rm", "front"]);
    await run("--name=onhost", "--network=host", suite.busybox, "sleep", "600");
    const connect = await suite.tdock(["network", "connect", "front", "onhost"]);

    expect([remove.exitCode, remove.stderr]).toEqual([1, expect.stringContaining("has active endpoints")]);
    expect([connect.exitCode, connect.stderr]).toEqual([1, expect.stringContaining("host network")]);
  });

  it("lets exactly one of many clients make a network of one name", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => suite.api("POST", "/networks/create", { Name: "raced" })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...new Array<number>(19).fill(409)]);
  });

  it("removes what nobody is on with prune", async () => {
    const { body } = await suite.api("POST", "/networks/prune");

    expect(body.NetworksDeleted).toContain("raced");
    expect(body.NetworksDeleted).not.toContain("front");
  });

  it("connects a stopped container from its next start on", async () => {
    await mustTdock(["create", "--name=later", suite.busybox, "sleep", "600"]);
    await mustTdock(["network", "connect", "front", "later"]);
    await mustTdock(["start", "later"]);

    expect(await fetchFrom("later", "http://web/name")).toBe("web");
  });
});
