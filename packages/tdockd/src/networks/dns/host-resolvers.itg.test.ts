import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode } from "dns-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check, libc } from "../../host/libc.ts";
import { runOrThrow } from "../../host/run-command.ts";
import { openContainer, pathOf } from "../testing/containers.ts";
import { runIn } from "../testing/private-host.ts";
import { usePrivateHost } from "../testing/use-private-host.ts";

const CLONE_NEWNS = 0x20000;
const host = usePrivateHost();
const servers: AsyncDisposable[] = [];
const resolvConf = () => join(host.folder, "resolv.conf");

beforeAll(async () => {
  servers.push(await startServer("127.0.0.53", "203.0.113.53"), await startServer("198.51.100.2", "203.0.113.2"));
  writeFileSync(resolvConf(), "nameserver 127.0.0.53\n");
  // A file of the test's own in place of the host's, for this thread and the programs that it starts.
  check(libc.unshare(CLONE_NEWNS), "create a mount namespace");
  await runOrThrow("mount", ["--make-rprivate", "/"]);
  await runOrThrow("mount", ["--bind", resolvConf(), "/etc/resolv.conf"]);
});
afterAll(async () => {
  await runOrThrow("umount", ["/etc/resolv.conf"]);
  for (const server of servers) await server[Symbol.asyncDispose]();
});

describe("a name that no container has", () => {
  it("is asked of the host's resolvers, a stub on 127.0.0.53 too, and of the new ones once they change", async () => {
    const client = await openContainer(host, "client");
    const [server = ""] = host.engine.networks.nameServer.addressesFor(client);
    const lookUp = async () =>
      (await runIn(pathOf(client), "busybox", "nslookup", "-type=a", "example.test", server)).stdout;

    expect(await lookUp()).toContain("203.0.113.53");

    writeFileSync(resolvConf(), "nameserver 198.51.100.2\n");
    expect(await lookUp()).toContain("203.0.113.2");

    writeFileSync(resolvConf(), "");
    expect(await lookUp()).not.toContain("203.0.113");
  });
});

/** A DNS server that gives every name one address. */
async function startServer(address: string, data: string): Promise<AsyncDisposable> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address: client }) => {
    const { id, questions = [] } = decode(query);
    const answers = questions.map(({ name }) => ({ type: "A" as const, name, ttl: 1, data }));
    socket.send(encode({ type: "response", id, questions, answers }), port, client);
  });
  await new Promise<void>((done) => socket.bind(53, address, done));
  return { [Symbol.asyncDispose]: () => new Promise((done) => socket.close(() => done())) };
}
