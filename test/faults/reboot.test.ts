import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { endUntilReboot } from "../harness/instance/end-instance.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("a machine that was switched off", (suite) => {
  const { mustTdock } = suite;
  const start = (name: string, ...flags: string[]) =>
    mustTdock(["run", "-d", "--name", name, ...flags, suite.busybox, "sh", "-c", "echo up; exec sleep 600"]);
  const status = (name: string) => mustTdock(["inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", name]);

  it("runs again what its policy wants running, with networks, ports, volumes and logs, and nothing else", async () => {
    await mustTdock(["network", "create", "kept"]);
    const server = ["sh", "-c", "echo served >> /data/file; exec httpd -f -h /data"];
    const web = ["--restart=always", "--network=kept", "-p", "127.0.0.1:0:80", "-v", "kept:/data"];
    await mustTdock(["run", "-d", "--name=web", ...web, suite.busybox, ...server]);
    await start("client", "--restart=unless-stopped", "--network=kept");
    await start("plain");
    await start("by-hand", "--restart=unless-stopped");
    await start("always", "--restart=always");
    await start("brief", "--rm");
    await mustTdock(["stop", "-t0", "by-hand", "always"]);

    await suite.tdockd.stop("SIGKILL");
    await endUntilReboot(suite.tdockd.layout);
    await suite.tdockd.start();

    await eventually(async () => {
      for (const name of ["web", "client", "always"]) expect(await status(name)).toBe("running 0");
    }, 30_000);
    expect(await status("plain")).toBe("exited 255");
    expect(await status("by-hand")).toBe("exited 137");
    expect((await suite.tdock(["inspect", "brief"])).exitCode).toBe(1);
    expect(await mustTdock(["logs", "client"])).toBe("up\nup");
    expect(await mustTdock(["exec", "client", "wget", "-qO-", "http://web/file"])).toBe("served\nserved");
    const place = await mustTdock(["port", "web", "80"]);
    expect(await (await fetch(`http://${place}/file`)).text()).toBe("served\nserved\n");
  });

  it("keeps what was stopped by hand stopped over a mere restart of tdockd, but for always", async () => {
    await mustTdock(["stop", "-t0", "client", "always"]);

    await suite.tdockd.stop();
    await suite.tdockd.start();

    await eventually(async () => expect(await status("always")).toBe("running 0"), 30_000);
    expect(await status("client")).toBe("exited 137");
    expect(await status("web")).toBe("running 0");
  });

  it("forgets an image whose files had not reached the disk, with all that is its own", async () => {
    const dockerfile = `FROM ${suite.busybox}\nRUN echo whole > /file`;
    const build = () => suite.tdock(["build", "-t", "fresh", "-"], { stdin: dockerfile });
    expect((await build()).exitCode).toBe(0);
    await mustTdock(["tag", "fresh", "fresher"]);
    const digest = await mustTdock(["inspect", "-f", "{{.Descriptor.digest}}", "fresh"]);
    const { dataRoot } = suite.tdockd.layout;
    const blob = join(dataRoot, "containerd/root/io.containerd.content.v1.content/blobs", digest.replace(":", "/"));
    const note = join(dataRoot, "images/unsynced.json");
    expect(existsSync(blob)).toBe(true);

    await suite.tdockd.stop("SIGKILL");
    await endUntilReboot(suite.tdockd.layout);
    await writeFile(note, JSON.stringify({ bootId: "an earlier one", digests: [digest] }));
    await suite.tdockd.start();

    expect(await mustTdock(["images", "-q", "--filter", "reference=fresh*"])).toBe("");
    expect(await mustTdock(["images", "-q", suite.busybox])).not.toBe("");
    expect(existsSync(blob)).toBe(false);
    expect((await build()).exitCode).toBe(0);
    expect(await mustTdock(["run", "--rm", "fresh", "cat", "/file"])).toBe("whole");
    await eventually(async () => expect(existsSync(note)).toBe(false));
  });
});
