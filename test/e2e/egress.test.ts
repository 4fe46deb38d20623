import { expect, it } from "vitest";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock run --egress", (suite) => {
  const { mustTdock } = suite;
  const run = (...args: string[]) => mustTdock(["run", "-d", "--rm", ...args]);
  const exec = (container: string, ...command: string[]) => suite.tdock(["exec", container, ...command]);
  const webServer = ["sh", "-c", "hostname > /tmp/name; exec httpd -f -p 80 -h /tmp"];
  const fetchFrom = async (container: string, url: string) =>
    (await exec(container, "timeout", "2", "wget", "-qO-", url)).stdout.trim();
  const addressOfHost = async () =>
    /src (\S+)/.exec(await mustRun("ip", ["-4", "route", "get", "192.0.2.1"]))?.[1] ?? "127.0.0.1";

  it("controls what a container sends out", async () => {
    const own = await addressOfHost();
    await mustTdock(["network", "create", "front"]);
    await run("--name=web", "--hostname=web", "--network=front", suite.busybox, ...webServer);
    await run("--name=jail", "--network=front", "--egress=deny", suite.busybox, "sleep", "600");

    expect((await exec("jail", "ping", "-c1", "-W1", own)).exitCode).not.toBe(0);
    expect(await fetchFrom("jail", "http://web/name")).toBe("web");
    for (const network of ["host", "container:web"]) {
      const { exitCode, stderr } = await suite.tdock(["run", `--network=${network}`, "--egress=deny", suite.busybox]);
      expect([exitCode, stderr]).toEqual([125, expect.stringContaining("egress and the network mode")]);
    }
  });

  it("allows what is named, and tells what a container sent out", async () => {
    const own = await addressOfHost();
    await run("--name=let", `--egress=allow=${own}`, "--egress=log", suite.busybox, "sleep", "600");

    expect((await exec("let", "ping", "-c1", "-W2", own)).exitCode).toBe(0);
    await fetchFrom("let", `http://${own}:9/`);
    await fetchFrom("let", "http://192.0.2.1:9/");

    const { Egress } = (await suite.api("GET", "/containers/let/json")).body.NetworkSettings;
    const seen = (Address: string) => expect.objectContaining({ Address, Port: 9, Protocol: "tcp" });
    expect(Egress).toMatchObject({ Denied: true, Seen: expect.arrayContaining([seen(own), seen("192.0.2.1")]) });
    expect((await suite.tdock(["run", "--rm", "--egress=maybe", suite.busybox, "true"])).exitCode).toBe(125);
  });
});
