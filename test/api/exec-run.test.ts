import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Frame, FrameDecoder } from "@tdock/api/frames";
import { expect, it } from "vitest";
import { systemSuite } from "../harness/suite.ts";

systemSuite("POST /containers/{id}/exec/run", (suite) => {
  it.each([
    { Tty: false, ending: "\n" },
    { Tty: true, ending: "\r\n" },
  ])("answers output, then the exit code, in frames, with Tty $Tty", async ({ Tty, ending }) => {
    await suite.mustTdock(["run", "-d", `--name=frames-${Tty}`, suite.busybox, "sleep", "1000"]);

    const { head, frames } = await run(`frames-${Tty}`, {
      Tty,
      Cmd: ["sh", "-c", "echo out; exit 7"],
    });

    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(frames).toEqual([
      { stream: 1, text: `out${ending}` },
      { stream: 4, text: "7" },
    ]);
    const id = /^tdock-exec-id: (\w{64})\r?$/im.exec(head)?.[1];
    const { body: inspected } = await suite.api("GET", `/exec/${id}/json`);
    expect(inspected).toMatchObject({ Running: false, ExitCode: 7 });
  });

  it("answers why a command cannot be run, and 127", async () => {
    await suite.mustTdock(["run", "-d", "--name=without", suite.busybox, "sleep", "1000"]);

    const { frames } = await run("without", { Cmd: ["/nope"] });

    expect(frames).toEqual([
      { stream: 2, text: expect.stringContaining("/nope") },
      { stream: 4, text: "127" },
    ]);
  });

  it("answers 404 for a container that is not there, and 400 without a command", async () => {
    await suite.mustTdock(["run", "-d", "--name=there", suite.busybox, "sleep", "1000"]);

    expect((await run("nobody", { Cmd: ["true"] })).head).toMatch(/^HTTP\/1\.1 404 /);
    expect((await run("there", {})).head).toMatch(/^HTTP\/1\.1 400 /);
  });

  async function run(container: string, asked: object) {
    const body = JSON.stringify({
      AttachStdout: true,
      AttachStderr: true,
      ...asked,
    });
    const client = connect(suite.tdockd.layout.socket);
    client.write(
      `POST /containers/${container}/exec/run HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const answer = await buffer(client);
    const end = answer.indexOf("\r\n\r\n");
    const frames = [...new FrameDecoder().decode(answer.subarray(end + 4))];
    return {
      head: answer.toString("latin1", 0, end),
      frames: frames.map(textOf),
    };
  }
});

function textOf({ stream, payload }: Frame): { stream: number; text: string } {
  return { stream, text: Buffer.from(payload).toString() };
}
