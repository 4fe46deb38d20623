import { createSocket } from "node:dgram";
import { decode, encode } from "dns-packet";
import { describe, expect, it } from "vitest";
import { forwardQuery } from "./forward.ts";

const query = encode({ type: "query", id: 7, flags: 256, questions: [{ type: "A", name: "example.test" }] });
/** The kernel refuses to connect to it. */
const unreachable = "255.255.255.255";

function ask(...servers: string[]): Promise<Buffer> {
  const { signal } = new AbortController();
  return forwardQuery({ query, servers: servers.map((server) => ({ server })), transport: "udp", signal });
}

/** A server without records, with a response code. */
async function serve(code: number): Promise<AsyncDisposable & { readonly place: string }> {
  const server = createSocket("udp4");
  server.on("message", (bytes, { port }) => {
    const { id = 0, questions = [] } = decode(bytes);
    server.send(encode({ type: "response", id, flags: code, questions, answers: [] }), port);
  });
  await new Promise<void>((done) => server.bind(0, "127.0.0.1", done));
  const place = `127.0.0.1#${server.address().port}`;
  return { place, [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())) };
}

describe("forwardQuery", () => {
  it("throws when no server can be reached", async () => {
    await expect(ask(unreachable)).rejects.toMatchObject({ code: "unavailable" });
  });

  it("asks the next server when one cannot be reached, and gives back the query's own id", async () => {
    await using server = await serve(0);

    const reply = decode(await ask(unreachable, server.place));

    expect(reply).toMatchObject({ type: "response", id: 7, questions: [{ name: "example.test" }] });
  });

  it.each([
    ["SERVFAIL", 2],
    ["REFUSED", 5],
  ])("asks the next server after %s, and hands that on only where nobody knows better", async (rcode, code) => {
    await using failing = await serve(code);
    await using knowing = await serve(3);

    expect(decode(await ask(failing.place, knowing.place))).toMatchObject({ id: 7, rcode: "NXDOMAIN" });
    expect(decode(await ask(failing.place, unreachable))).toMatchObject({ id: 7, rcode });
  });
});
