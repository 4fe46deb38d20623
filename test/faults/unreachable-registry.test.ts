import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { openFiles } from "../harness/oracles/open-files.ts";
import { startFullListener } from "../harness/registry/full-listener.ts";
import { type SilentServer, startSilentServer } from "../harness/registry/silent-server.ts";
import { shortName, testRoot } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

/** Addresses of loopback that nobody else has: where nothing is let through, and whose server of names is silent. */
const net = `127.${randomInt(64, 255)}.${randomInt(256)}`;
const [blackHole, nameServer] = [`${net}.66`, `${net}.53`];
const files = join(testRoot, `names-${shortName()}`);

const binds = ["hosts", "resolv.conf"].map((name) => `mount --bind ${files}/${name} /etc/${name}`).join(" && ");
const within = ["unshare", "--mount", "sh", "-c", `${binds} && exec "$@"`, "sh"];

systemSuite(
  "a registry that cannot be reached",
  (suite) => {
    let silent: SilentServer;
    const stack = new AsyncDisposableStack();
    beforeAll(async () => {
      silent = stack.use(await startSilentServer());
    });
    afterAll(() => stack.disposeAsync());

    const places = [
      ["no server of names answers", "stalling.test", () => "", "no name server had an answer for stalling.test"],
      [
        "its address swallows everything",
        "swallowed.test",
        () => ":5000",
        `nobody answered at ${blackHole}, port 5000,`,
      ],
      ["it is an address that swallows everything", blackHole, () => ":5000", `nobody answered at ${blackHole}, `],
      ["it is silent in the handshake", "silent.test", () => `:${silent.port}`, "the TLS handshake was not finished"],
    ] as const;

    describe.concurrent.each(places)("because %s", (_, name, port, why) => {
      it("is told, with the cause, after some seconds", async () => {
        const began = performance.now();

        const { exitCode, stderr } = await suite.tdock(["login", "-u", "anna", "-p", "x", `${name}${port()}`]);

        expect({ exitCode, stderr }).toEqual({
          exitCode: 1,
          stderr: expect.stringContaining(why),
        });
        expect(performance.now() - began).toBeLessThan(25_000);
      }, 60_000);
    });

    it("is waited for no longer when the client goes away", async () => {
      const sockets = async () => (await openFiles(suite.tdockd.pid)).filter((name) => name === "socket").length;
      await suite.tdockd.closeConnections();
      const before = await sockets();
      const client = new AbortController();
      const hosts = [`${blackHole}:5000`, `127.0.0.1:${silent.port}`];
      const pulls = hosts.map((host) =>
        suite.api("POST", `/images/create?fromImage=${host}/app&tag=latest`, undefined, { signal: client.signal }),
      );
      const ended = Promise.allSettled(pulls);
      await eventually(async () => expect(await sockets()).toBeGreaterThanOrEqual(before + 4));

      client.abort();

      expect(await ended).toMatchObject(hosts.map(() => ({ status: "rejected" })));
      await eventually(async () => expect(await sockets()).toBeLessThanOrEqual(before), 2000);
    });

    it("holds up no pull from another one, whose name is known", async () => {
      const before = questions;
      const client = new AbortController();
      const path = "/images/create?fromImage=stalling.test/app&tag=latest";
      const stalled = Array.from({ length: 4 }, () =>
        suite.api("POST", path, undefined, { signal: client.signal }).catch(() => undefined),
      );
      await eventually(() => expect(questions).toBeGreaterThan(before));
      const began = performance.now();

      await suite.mustTdock(["pull", "-q", suite.busybox.replace("127.0.0.1", "good.test")]);

      expect(performance.now() - began).toBeLessThan(3000);
      client.abort();
      await Promise.all(stalled);
    });
  },
  { within, flags: ["--insecure-registry=good.test"] },
);

/** What the silent server of names was asked. */
let questions = 0;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  await mkdir(files, { recursive: true });
  stack.defer(() => rm(files, { recursive: true }));
  await writeFile(join(files, "resolv.conf"), `nameserver ${nameServer}\noptions timeout:2 attempts:2\n`);
  const hosts = {
    localhost: "127.0.0.1",
    "good.test": "127.0.0.1",
    "silent.test": "127.0.0.1",
    "swallowed.test": blackHole,
  };
  await writeFile(
    join(files, "hosts"),
    Object.entries(hosts)
      .map(([name, address]) => `${address} ${name}\n`)
      .join(""),
  );
  const names = createSocket("udp4").on("message", () => {
    questions += 1;
  });
  stack.defer(() => void names.close());
  await once(names.bind(53, nameServer), "listening");
  stack.use(await startFullListener(blackHole, [80, 443, 5000]));
});
afterAll(() => stack.disposeAsync());
