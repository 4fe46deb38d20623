import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { mustRun, runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("what others change on the host", (suite) => {
  const { mustTdock } = suite;
  const layout = () => suite.tdockd.layout;
  const server = ["sh", "-c", "hostname > /tmp/name; exec httpd -f -p 80 -h /tmp"];
  const run = (name: string, ...flags: string[]) =>
    mustTdock(["run", "-d", `--name=${name}`, `--hostname=${name}`, ...flags, suite.busybox, ...server]);
  const exec = async (name: string, ...command: string[]) => (await suite.tdock(["exec", name, ...command])).stdout;
  const addressOf = (name: string) => exec(name, "hostname", "-i").then((text) => text.trim());
  const isReached = async (from: string, address: string) =>
    (await exec(from, "timeout", "2", "wget", "-qO-", `http://${address}/name`)) !== "";
  const nameAt = async (container: string) => {
    const place = await mustTdock(["port", container, "80"]);
    return (await runProgram("busybox", ["timeout", "2", "busybox", "wget", "-qO-", `http://${place}/name`])).stdout;
  };

  it.each([
    ["a deleted table", () => ["nft", "delete", "table", "inet", layout().nftTable]],
    ["a deleted bridge", () => ["ip", "link", "delete", layout().bridge]],
  ])("is put back within seconds: %s, with ports and the walls between networks", async (_, damage) => {
    await mustTdock(["network", "create", "walled"]);
    await run("web", "-p", "127.0.0.1::80");
    await run("other", "--network=walled");
    const [web, other] = [await addressOf("web"), await addressOf("other")];
    const [program = "", ...args] = damage();
    await mustRun(program, args);

    await eventually(async () => expect(await nameAt("web")).toBe("web\n"), 10_000);
    expect([await isReached("other", web), await isReached("web", other)]).toEqual([false, false]);
    expect(await isReached("web", web)).toBe(true);
    await mustTdock(["rm", "-f", "web", "other"]);
    await mustTdock(["network", "rm", "walled"]);
  });

  it("costs a running container nothing when the file of its network namespace goes, and its next start is whole", async () => {
    await mustTdock(["network", "create", "more"]);
    const id = await run("bare", "-p", "127.0.0.1::80");
    const path = join(layout().execRoot, "netns", id);
    await mustRun("umount", [path]);
    await rm(path);

    expect(await nameAt("bare")).toBe("bare\n");
    expect((await suite.tdock(["network", "connect", "more", "bare"])).stderr).toContain(path);
    await mustTdock(["restart", "-t0", "bare"]);

    expect(await nameAt("bare")).toBe("bare\n");
    await mustTdock(["network", "connect", "more", "bare"]);
    expect(await exec("bare", "ls", "/sys/class/net")).toContain("eth1");
    await mustTdock(["rm", "-f", "bare"]);
    await mustTdock(["network", "rm", "more"]);
  });

  it("does not keep containers and volumes whose mounts somebody holds in another namespace", async () => {
    await run("held", "-v", "held:/v", "--tmpfs=/t");
    const holder = spawn("unshare", ["-m", "sleep", "600"]);
    await once(holder, "spawn");
    await eventually(async () =>
      expect(await readFile(`/proc/${holder.pid}/comm`, "utf8").catch(() => "")).toBe("sleep\n"),
    );
    expect(await readFile(`/proc/${holder.pid}/mounts`, "utf8")).toContain(layout().root);

    await mustTdock(["rm", "-f", "held"]);
    await mustTdock(["volume", "rm", "held"]);

    expect(await mustTdock(["volume", "ls", "-q"])).not.toContain("held");
    holder.kill("SIGKILL");
    await once(holder, "exit");
  });

  it.each([
    ["while tdockd runs", false],
    ["over its death", true],
  ])("loses nothing of a folder that is mounted inside a container's, %s", async (_, dies) => {
    const [mine, id] = [join(layout().root, "mine"), await run("mounted")];
    await mkdir(mine, { recursive: true });
    await writeFile(join(mine, "keep"), "kept\n");
    const inside = join(layout().dataRoot, "containers", id, "left");
    await mkdir(inside);
    await mustRun("mount", ["--bind", mine, inside]);
    if (dies) await suite.tdockd.stop("SIGKILL");
    if (dies) await suite.tdockd.start();

    await suite.tdock(["rm", "-f", "mounted"]);
    await mustTdock(["system", "prune", "-f", "--volumes"]);
    await suite.tdockd.stop("SIGKILL");
    await suite.tdockd.start();

    expect(await readFile(join(mine, "keep"), "utf8")).toBe("kept\n");
    await mustRun("umount", [inside]);
    await suite.tdock(["rm", "-f", "mounted"]);
    await suite.tdockd.stop("SIGKILL");
    await suite.tdockd.start();
    expect(await mustTdock(["ps", "-aq"])).toBe("");
  });

  it("leads names and ports to the address that a container has after its restart", async () => {
    await mustTdock(["network", "create", "moving"]);
    await run("web", "--network=moving", "-p", "127.0.0.1::80");
    await run("client", "--network=moving");
    const before = await addressOf("web");
    await mustTdock(["stop", "-t0", "web"]);
    await mustTdock(["network", "disconnect", "moving", "web"]);
    await run("squatter", "--network=moving");
    await mustTdock(["network", "connect", "moving", "web"]);
    await mustTdock(["start", "web"]);

    const now = await addressOf("web");

    expect(now).not.toBe(before);
    expect(await exec("client", "nslookup", "-type=a", "web")).toMatch(new RegExp(`Address: ${now}$`, "m"));
    expect(await exec("web", "cat", "/etc/hosts")).toContain(`${now}\tweb\n`);
    expect(await exec("web", "cat", "/etc/hosts")).not.toContain(before);
    expect(await nameAt("web")).toBe("web\n");
    await mustTdock(["rm", "-f", "web", "client", "squatter"]);
    await mustTdock(["network", "rm", "moving"]);
  });
});
