import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("the flags of tdock network", (suite) => {
  const { mustTdock } = suite;
  const inspect = async (name: string) => JSON.parse(await mustTdock(["network", "inspect", name]))[0];
  const sleeper = (name: string, ...flags: string[]) =>
    mustTdock(["run", "-d", "--rm", "--name", name, ...flags, suite.busybox, "sleep", "600"]);
  const exec = async (container: string, ...command: string[]) =>
    (await suite.tdock(["exec", container, ...command])).stdout;
  const names = async (...flags: string[]) =>
    (await mustTdock(["network", "ls", "--format={{.Name}}", ...flags])).split("\n");

  it("make a network as they say, which inspect and its containers show", async () => {
    const device = `tdt${randomBytes(4).toString("hex")}`;
    await mustTdock([
      ...["network", "create", "--attachable", "--label=team=a", "--label", "empty", "--ipam-driver=default"],
      ...["-o", "com.docker.network.driver.mtu=1400", "-o", `com.docker.network.bridge.name=${device}`, "shaped"],
    ]);
    await sleeper("inside", "--network=shaped");

    const { Attachable, Labels, Options } = await inspect("shaped");

    expect({ Attachable, Labels }).toEqual({ Attachable: true, Labels: { team: "a", empty: "" } });
    expect(await mustTdock(["network", "inspect", "-v", "-f", "{{.Name}} {{.Scope}}", "shaped"])).toBe("shaped local");
    expect(Options["com.docker.network.bridge.name"]).toBe(device);
    expect((await runProgram("ip", ["link", "show", device])).exitCode).toBe(0);
    expect(await exec("inside", "cat", "/sys/class/net/eth0/mtu")).toBe("1400\n");
    await mustTdock(["rm", "-f", "inside"]);
    await mustTdock(["network", "rm", "shaped"]);
    expect((await runProgram("ip", ["link", "show", device])).exitCode).not.toBe(0);
  });

  it("take a configuration from a network that is only that", async () => {
    await mustTdock([
      "network",
      "create",
      "--config-only",
      "--subnet=10.88.0.0/24",
      "--label=from=template",
      "template",
    ]);
    await mustTdock(["network", "create", "--config-from=template", "made"]);
    await sleeper("copied", "--network=made");

    const { ConfigFrom, IPAM, Labels } = await inspect("made");
    const refused = await suite.tdock(["run", "--rm", "--network=template", suite.busybox, "true"]);

    expect({ ConfigFrom, Labels }).toEqual({ ConfigFrom: { Network: "template" }, Labels: { from: "template" } });
    expect(IPAM.Config[0].Subnet).toBe("10.88.0.0/24");
    expect(await exec("copied", "hostname", "-i")).toBe("10.88.0.2\n");
    expect(refused.exitCode).toBe(125);
    await mustTdock(["rm", "-f", "copied"]);
    await mustTdock(["network", "rm", "made", "template"]);
  });

  it("leave IPv4 out", async () => {
    await mustTdock(["network", "create", "--ipv4=false", "--ipv6", "six-only"]);
    await sleeper("six-a", "--network=six-only");
    await sleeper("six-b", "--network=six-only");

    expect(await exec("six-a", "ip", "-4", "addr", "show", "dev", "eth0")).not.toContain("inet ");
    expect(await exec("six-a", "ping", "-c1", "six-b")).toContain("1 packets received");
  });

  it("of connect give addresses, names and the way out", async () => {
    await mustTdock(["network", "create", "--ipv6", "--subnet=10.89.0.0/24", "--subnet=fd89::/64", "second"]);
    await sleeper("joins");
    await sleeper("asks", "--network=second");
    const sysctl = "com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1";

    await mustTdock([
      ...["network", "connect", "--alias=nick", "--ip=10.89.0.77", "--ip6=fd89::77", "--link-local-ip=169.254.89.89"],
      ...["--driver-opt=com.docker.network.endpoint.ifname=lan7", `--driver-opt=${sysctl}`, "--gw-priority=5"],
      ...["second", "joins"],
    ]);

    const addresses = await exec("joins", "ip", "addr", "show", "dev", "lan7");
    for (const address of ["10.89.0.77/24", "fd89::77/64", "169.254.89.89/16"])
      expect(addresses).toContain(` ${address} `);
    expect(await exec("joins", "ip", "route")).toContain("default via 10.89.0.1 dev lan7");
    expect(await exec("joins", "cat", "/proc/sys/net/ipv4/conf/lan7/log_martians")).toBe("1\n");
    expect(await exec("asks", "ping", "-c1", "nick")).toContain("1 packets received");
  });

  it.each([
    ["that is not known", "com.docker.network.endpoint.other=1", "unknown driver option"],
    ["that is no name", "com.docker.network.endpoint.ifname=a/b", "invalid interface name"],
    ["that is in use", "com.docker.network.endpoint.ifname=eth0", "already in use"],
    ["of another device", "com.docker.network.endpoint.sysctls=net.ipv4.conf.all.forwarding=1", "invalid sysctl"],
  ])("refuse a driver option of an endpoint %s", async (_, option, message) => {
    await mustTdock(["network", "create", "opted"]);
    await mustTdock(["network", "create", "first"]);
    const flags = ["--network=first", `--network=name=opted,"driver-opt=${option}"`];

    const { exitCode, stderr } = await suite.tdock(["run", "--rm", ...flags, suite.busybox, "true"]);

    expect([exitCode, stderr]).toEqual([125, expect.stringContaining(message)]);
    await mustTdock(["network", "rm", "opted", "first"]);
  });

  it("of ls and prune choose by name, label, driver, kind and age, and rm -f passes over what is not there", async () => {
    await mustTdock(["network", "create", "--label=keep=no", "doomed"]);
    await mustTdock(["network", "create", "--label=keep=yes", "spared"]);

    expect(await names("--filter=name=doo")).toEqual(["doomed"]);
    expect(await names("--filter=label=keep")).toEqual(["doomed", "spared"]);
    expect(await names("--filter=label=keep=yes")).toEqual(["spared"]);
    expect(await names("--filter=driver=host")).toEqual(["host"]);
    expect(await names("--filter=type=builtin")).toEqual(["bridge", "host", "none"]);
    expect(await names("--filter=dangling=true", "--filter=label=keep")).toEqual(["doomed", "spared"]);
    expect((await mustTdock(["network", "ls", "-q", "--no-trunc", "--filter=name=doomed"])).length).toBe(64);
    expect(await mustTdock(["network", "prune", "-f", "--filter=until=1h"])).not.toContain("doomed");
    expect(await mustTdock(["network", "prune", "-f", "--filter=label!=keep=yes"])).toContain("doomed");
    expect(await names("--filter=label=keep")).toEqual(["spared"]);
    expect((await suite.tdock(["network", "rm", "nowhere"])).exitCode).toBe(1);
    expect((await suite.tdock(["network", "rm", "-f", "nowhere"])).exitCode).toBe(0);
  });

  it("of disconnect take a stopped container off, and one that is gone with -f", async () => {
    await mustTdock(["network", "create", "left"]);
    await mustTdock(["create", "--name=still", "--network=left", suite.busybox, "true"]);

    await mustTdock(["network", "disconnect", "left", "still"]);

    expect(JSON.parse(await mustTdock(["inspect", "-f", "{{json .NetworkSettings.Networks}}", "still"]))).toEqual({});
    expect((await suite.tdock(["network", "disconnect", "-f", "left", "nobody"])).exitCode).toBe(1);
    await mustTdock(["network", "connect", "left", "still"]);
    await mustTdock(["network", "rm", "left"]);
    expect((await suite.tdock(["start", "still"])).exitCode).toBe(1);
    expect((await suite.tdock(["network", "disconnect", "right", "still"])).exitCode).toBe(1);
    await mustTdock(["network", "disconnect", "left", "still"]);
    await mustTdock(["start", "still"]);
    await mustTdock(["rm", "-f", "still"]);
  });

  it("give nobody the address that a container asks for which does not run, as long as there is another", async () => {
    await mustTdock(["network", "create", "--subnet=10.74.0.0/29", "small"]);
    await mustTdock(["create", "--name=keeps", "--network=small", "--ip=10.74.0.2", suite.busybox, "sleep", "600"]);
    const start = async (name: string) => {
      await mustTdock(["run", "-d", `--name=${name}`, "--network=small", suite.busybox, "sleep", "600"]);
      return mustTdock(["inspect", "-f", "{{.NetworkSettings.Networks.small.IPAddress}}", name]);
    };

    const given = [await start("s1"), await start("s2"), await start("s3"), await start("s4")];
    await mustTdock(["start", "keeps"]);
    await mustTdock(["rm", "-f", "keeps"]);
    await mustTdock(["create", "--name=keeps", "--network=small", "--ip=10.74.0.2", suite.busybox, "sleep", "600"]);

    expect(given).toEqual(["10.74.0.3", "10.74.0.4", "10.74.0.5", "10.74.0.6"]);
    expect(await start("s5")).toBe("10.74.0.2");
    await mustTdock(["rm", "-f", "keeps", "s1", "s2", "s3", "s4", "s5"]);
    await mustTdock(["network", "rm", "small"]);
  });

  it("of disconnect take a running container off its only network", async () => {
    await mustTdock(["run", "-d", "--name=alone", suite.busybox, "sleep", "600"]);

    await mustTdock(["network", "disconnect", "bridge", "alone"]);

    expect(await mustTdock(["inspect", "-f", "{{json .NetworkSettings.Networks}}", "alone"])).toBe("{}");
    expect(await mustTdock(["exec", "alone", "ls", "/sys/class/net"])).not.toContain("eth0");
  });
});
