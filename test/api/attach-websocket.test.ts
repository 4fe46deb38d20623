import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../harness/eventually.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("GET /containers/{id}/attach/ws", (suite) => {
  const open = (name: string, query: string) =>
    new WebSocket(`ws+unix://${suite.tdockd.layout.socket}:/v1.41/containers/${name}/attach/ws?${query}`);

  it("carries input and output of a container as binary messages, until the container ends", async () => {
    await suite.mustTdock(["run", "-d", "-i", "--name", "cat", suite.busybox, "sh", "-c", "read a; echo got $a >&2"]);
    const socket = open("cat", "stream=1&stdin=1&stdout=1&stderr=1");
    const received: Buffer[] = [];
    socket.on("message", (data, isBinary) => {
      expect(isBinary).toBe(true);
      received.push(data as Buffer);
    });
    const closed = once(socket, "close");
    await once(socket, "open");

    socket.send("hello\n");
    await closed;

    expect(Buffer.concat(received).toString()).toBe("got hello\n");
    expect(await suite.mustTdock(["wait", "cat"])).toBe("0");
  });

  it("leaves the container running when the client goes", async () => {
    await suite.mustTdock(["run", "-d", "--name", "stays", suite.busybox, "sleep", "1000"]);
    const socket = open("stays", "stream=1&stdout=1");
    await once(socket, "open");

    socket.terminate();
    await once(socket, "close");

    await eventually(async () => {
      const events = await suite.mustTdock(["events", "--since", "0", "--until", "0s", "--filter", "container=stays"]);
      expect(events).toContain("attach");
    });
    expect(await suite.mustTdock(["inspect", "-f", "{{.State.Running}}", "stays"])).toBe("true");
  });

  it("does not hold a container up for a client whose handshake is refused", async () => {
    const script = "while [ ! -e /go ]; do sleep 0.05; done; head -c 4000000 /dev/zero; touch /done; exec sleep 1000";
    await suite.mustTdock(["run", "-d", "--name", "prints", suite.busybox, "sh", "-c", script]);
    const client = connect(suite.tdockd.layout.socket);
    client.end(
      "GET /containers/prints/attach/ws?stream=1&stdout=1 HTTP/1.1\r\nHost: localhost\r\n" +
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1\r\nSec-WebSocket-Key: short\r\n\r\n",
    );
    expect(await text(client)).toContain("HTTP/1.1 400");

    await suite.mustTdock(["exec", "prints", "touch", "/go"]);

    await eventually(() => suite.mustTdock(["exec", "prints", "ls", "/done"]));
  });

  it("answers a request for no websocket, and one for no container, with an error", async () => {
    const plain = await suite.api("GET", "/containers/stays/attach/ws?stream=1&stdout=1");
    const missing = open("nosuch", "stream=1");
    missing.on("error", () => undefined);
    const [, response] = await once(missing, "unexpected-response");

    expect([plain.status, plain.body.message]).toEqual([400, expect.stringContaining("Upgrade: websocket")]);
    expect(response.statusCode).toBe(404);
    response.resume();
    missing.terminate();
  });
});
