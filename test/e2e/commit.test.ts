import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock commit", (suite) => {
  const printed = (...args: string[]) => suite.mustTdock(args);
  const change = "echo made > /made; rm /bin/true; rm -r /etc; mkdir /etc; echo new > /etc/new; mkfifo /pipe";

  it("makes an image of a running container's files, without what the runtime made, and leaves it running", async () => {
    await suite.mustTdock(["run", "-d", "--name", "writer", suite.busybox, "sh", "-c", "sleep 1000"]);
    await suite.mustTdock([
      "exec",
      "writer",
      "sh",
      "-c",
      "echo made > /made; rm /bin/true; ln /made /same; mkfifo /pipe",
    ]);

    const id = await printed("commit", "-a", "me", "-m", "why", "writer", "committed:one");

    expect(await printed("inspect", "--format", "{{.State.Status}}", "writer")).toBe("running");
    expect(await printed("inspect", "--format", "{{.Id}} {{.Author}} {{.Comment}}", "committed:one")).toBe(
      `${id} me why`,
    );
    expect(await printed("history", "--format", "{{.CreatedBy}} {{.Comment}}", "committed:one")).toMatch(
      /^sh -c sleep 1000 why\n/,
    );
    const look =
      "cat /made; test -e /bin/true || echo gone; test -p /pipe && stat -c %h /same; ls -A /dev /proc /sys | wc -l";
    expect(await printed("run", "--rm", "committed:one", "sh", "-c", look)).toMatch(/^made\ngone\n2\n/);
    await suite.mustTdock(["create", "--name", "fresh", "committed:one"]);
    expect(await printed("diff", "fresh")).toBe("");
  });

  it("leaves out the file that scripts tell a container by", async () => {
    await suite.mustTdock(["run", "--name", "marked", suite.busybox, "test", "-f", "/.dockerenv"]);

    expect(await printed("diff", "marked")).toBe("");
    await suite.mustTdock(["commit", "marked", "committed:marked"]);
    await suite.mustTdock(["create", "--name", "unstarted", "committed:marked"]);
    expect((await suite.tdock(["cp", "unstarted:/.dockerenv", "-"])).stderr).toContain("Could not find the file");
  });

  it("applies changes over the container's configuration, in Docker's way", async () => {
    await suite.mustTdock(["create", "--name", "plain", "-e", "A=1", "--label", "l=1", suite.busybox, "sh"]);

    await suite.mustTdock([
      "commit",
      ...["-c", 'CMD ["echo", "hi"]', "-c", "ENV B=2", "-c", "LABEL m=2", "-c", "EXPOSE 80", "-c", "WORKDIR /tmp"],
      ...["plain", "committed:two"],
    ]);

    const { Config } = JSON.parse(await printed("inspect", "--format", "{{json .}}", "committed:two"));
    expect(Config).toMatchObject({
      Cmd: ["echo", "hi"],
      Env: expect.arrayContaining(["A=1", "B=2"]),
      Labels: { l: "1", m: "2" },
      ExposedPorts: { "80/tcp": {} },
      WorkingDir: "/tmp",
    });
    expect(await printed("run", "--rm", "committed:two")).toBe("hi");
  });

  it("applies every change of a client that sends each by itself", async () => {
    await suite.mustTdock(["create", "--name", "changed", suite.busybox, "sh"]);
    const changes = ["ENV B=2", "LABEL m=2"].map((change) => `changes=${encodeURIComponent(change)}`).join("&");

    const { body } = await suite.api("POST", `/commit?container=changed&repo=committed&tag=changes&${changes}`, {});

    const { Config } = (await suite.api("GET", `/images/${body.Id}/json`)).body;
    expect(Config).toMatchObject({ Env: expect.arrayContaining(["B=2"]), Labels: { m: "2" } });
  });

  it("commits a container that has ended, and what is committed can be pushed and pulled", async () => {
    await suite.tdock(["run", "--name", "ended", suite.busybox, "sh", "-c", change]);
    const name = `${suite.registry.host}/committed:three`;

    await suite.mustTdock(["commit", "ended", name]);
    await suite.mustTdock(["push", name]);
    await suite.mustTdock(["rmi", name]);
    await suite.mustTdock(["pull", name]);

    expect(await printed("run", "--rm", name, "cat", "/made", "/etc/new")).toBe("made\nnew");
    expect(await printed("run", "--rm", name, "ls", "/etc")).toContain("new");
    expect(await printed("run", "--rm", name, "ls", "/etc")).not.toContain("passwd");
  });

  it.each([
    [["nosuch", "x"], "No such container: nosuch"],
    [["-c", "RUN true", "plain", "x"], "RUN is not a valid change command"],
    [["-c", "NOPE", "plain", "x"], "NOPE"],
    [["plain", "UPPER"], "must be lowercase"],
  ])("commit %j fails and says %j", async (args, message) => {
    const { exitCode, stderr } = await suite.tdock(["commit", ...args]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });
});
