import { once } from "node:events";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createDoor } from "node:net";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type CertificateOptions, createCertificate } from "../harness/registry/certificate.ts";
import { scratchFolder, shortName, testRoot } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

const certs = join(testRoot, `certs-${shortName()}`);
const faults: Readonly<Record<string, CertificateOptions>> = {
  "is for another name": { names: "DNS:other.test" },
  "has expired": { hasExpired: true },
};

systemSuite(
  "a pull over TLS that cannot be trusted",
  (suite) => {
    afterAll(() => rm(certs, { recursive: true, force: true }));

    it.each(Object.keys(faults))(
      "is refused when the certificate, though its authority is known, %s",
      async (fault) => {
        await using server = await startServer(faults[fault] ?? {}, (_, response) => response.end("{}"));

        const { exitCode, stderr } = await suite.tdock(["pull", `${server.host}/app`]);

        expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/certificate/i) });
        expect(server.requests).toEqual([]);
        expect(server.greetings).not.toEqual([]);
        expect(server.greetings.filter((byte) => byte !== tlsHandshake)).toEqual([]);
      },
    );

    it("is refused when it is led from https to http", async () => {
      await using server = await startServer({}, (request, response) => {
        const location = `${suite.registry.url}${request.url?.replace("/app/", "/busybox/")}`;
        response.writeHead(307, { location }).end();
      });

      const { exitCode, stderr } = await suite.tdock(["pull", `${server.host}/app`]);

      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("from https to http") });
      expect(server.requests).not.toEqual([]);
    });
  },
  { flags: [`--certs-dir=${certs}`] },
);

// What a TLS client begins with; plain HTTP begins with a letter.
const tlsHandshake = 22;

/** An HTTPS server whose certificate is its own authority, which tdockd is told to trust. */
async function startServer(options: CertificateOptions, listener: RequestListener) {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await scratchFolder("tls"));
  const { certFile, keyFile } = await createCertificate(path, options);
  const requests: string[] = [];
  const greetings: number[] = [];
  const server = createServer({ cert: await readFile(certFile), key: await readFile(keyFile) }, (request, response) => {
    requests.push(request.url ?? "");
    listener(request, response);
  });
  const door = createDoor((socket) => {
    socket
      .on("error", () => undefined)
      .once("data", (chunk: Buffer) => {
        greetings.push(chunk[0] ?? 0);
        socket.pause();
        socket.unshift(chunk);
        server.emit("connection", socket);
      });
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  stack.defer(() => {
    server.closeAllConnections();
    door.close();
  });
  const host = `127.0.0.1:${(door.address() as AddressInfo).port}`;
  await mkdir(join(certs, host), { recursive: true });
  await copyFile(certFile, join(certs, host, "ca.crt"));
  const owned = stack.move();
  return { host, requests, greetings, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
