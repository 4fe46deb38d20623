import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("POST /exec/{id}/start", (suite) => {
  it("starts an exec once, however many ask for it at the same time", async () => {
    await suite.mustTdock(["run", "-d", "--name=busy", suite.busybox, "sleep", "1000"]);
    const command = { Cmd: ["sh", "-c", "echo x >> /runs; exec sleep 1000"] };
    const { body: exec } = await suite.api("POST", "/containers/busy/exec", command);

    const answers = await Promise.all(
      Array.from({ length: 5 }, () => suite.api("POST", `/exec/${exec.Id}/start`, { Detach: true })),
    );

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409]);
    const { body: inspected } = await suite.api("GET", `/exec/${exec.Id}/json`);
    expect(inspected).toMatchObject({ Running: true, ExitCode: null });
    expect(await suite.mustTdock(["exec", "busy", "cat", "/runs"])).toBe("x");
  });

  it("ends a process that prints without pause when its client is gone", async () => {
    await suite.mustTdock(["run", "-d", "--name=loud", suite.busybox, "sleep", "1000"]);
    const command = { Cmd: ["yes"], AttachStdout: true };
    const { body: exec } = await suite.api("POST", "/containers/loud/exec", command);
    const client = connect(suite.tdockd.layout.socket);
    client.write(
      `POST /exec/${exec.Id}/start HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n` +
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    );
    await once(client, "data");

    client.destroy();

    await eventually(async () => expect(await suite.mustTdock(["top", "loud"])).not.toContain("yes"));
  });

  it("gets on with a container that is paused and committed meanwhile", { timeout: 120_000 }, async () => {
    await suite.mustTdock(["run", "-d", "--name=frozen", suite.busybox, "sleep", "1000"]);
    let isDone = false;
    const execs = Array.from({ length: 4 }, async () => {
      const codes = new Set<number>();
      while (!isDone) {
        const { status, body } = await suite.api("POST", "/containers/frozen/exec", { Cmd: ["true"] });
        codes.add(
          status === 201 ? (await suite.api("POST", `/exec/${body.Id}/start`, { Detach: true })).status : status,
        );
      }
      return [...codes].filter((code) => code !== 200 && code !== 409);
    });

    for (let round = 0; round < 15; round++) {
      await suite.mustTdock(["pause", "frozen"]);
      await suite.mustTdock(["unpause", "frozen"]);
      if (round % 5 === 0) await suite.mustTdock(["commit", "frozen"]);
    }

    isDone = true;
    expect((await Promise.all(execs)).flat()).toEqual([]);
    await suite.mustTdock(["rm", "-f", "frozen"]);
  });
});
