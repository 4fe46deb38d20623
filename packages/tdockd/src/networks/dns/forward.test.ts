import { createSocket } from "node:dgram";
import { decode, encode } from "dns-packet";
import { describe, expect, it } from "vitest";
import { forwardQuery } from "./forward.ts";

const query = encode({ type: "query", id: 7, flags: 256, questions: [{ type: "A", name: "example.test" }] });
/** The kernel refuses to connect to it. */
const unreachable = "255.255.255.255";

function ask(...servers: string[]): Promise<Buffer> {
  return forwardQuery({ query, servers, transport: "udp", signal: new AbortController().signal });
}

describe("forwardQuery", () => {
  it("throws when no server can be reached", async () => {
    await expect(ask(unreachable)).rejects.toMatchObject({ code: "unavailable" });
  });

  it("asks the next server when one cannot be reached, and gives back the query's own id", async () => {
    const server = createSocket("udp4");
    server.on("message", (bytes, { port }) => {
      const { id = 0, questions = [] } = decode(bytes);
      server.send(encode({ type: "response", id, questions, answers: [] }), port);
    });
    await new Promise<void>((done) => server.bind(0, "127.0.0.1", done));

    const reply = decode(await ask(unreachable, `127.0.0.1#${server.address().port}`));

    expect(reply).toMatchObject({ type: "response", id: 7, questions: [{ name: "example.test" }] });
    server.close();
  });
});
