import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultRegistrySettings, RegistryClient } from "./client.ts";
import { exchange, readBody } from "./exchange.ts";
import { hostAt } from "./hosts.ts";
import type { HostTls } from "./registry-host.ts";

/** The system's authorities are read once in a process: this test has one of its own. */
describe("a connection over TLS", () => {
  const client = new RegistryClient(defaultRegistrySettings);
  let folder: string;
  let known: Server;
  let own: Server;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tdock-tls-"));
    [known, own] = [await serve("system"), await serve("own")];
    process.env.SSL_CERT_FILE = join(folder, "system.pem");
  });
  afterAll(async () => {
    delete process.env.SSL_CERT_FILE;
    await client[Symbol.asyncDispose]();
    for (const server of [known, own]) server.close();
    await rm(folder, { recursive: true });
  });

  /** With a certificate that is its own authority. */
  async function serve(name: string): Promise<Server> {
    const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
    const names = ["-subj", "/CN=tdock test", "-addext", "subjectAltName=IP:127.0.0.1"];
    const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", ["req", ...made, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
      response.end("here"),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
  }

  async function ask(server: Server, tls: Partial<HostTls> = {}): Promise<string> {
    const plain = hostAt(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const host = { ...plain, tls: { ...plain.tls, ...tls } };
    const request = { method: "GET", url: new URL(host.origin), headers: {}, signal: new AbortController().signal };
    return (await readBody(await exchange(client, host, request as Parameters<typeof exchange>[2]), 10)).toString();
  }

  it("trusts the system's authorities, and a host's own beside them", async () => {
    const ca = [readFileSync(join(folder, "own.pem"), "utf8")];

    expect([await ask(known), await ask(known, { ca }), await ask(own, { ca })]).toEqual(["here", "here", "here"]);
  });

  it("is refused where nobody vouches for the certificate, and for a pair of files that is none", async () => {
    const [cert, key] = [
      readFileSync(join(folder, "own.pem"), "utf8"),
      readFileSync(join(folder, "system.key"), "utf8"),
    ];

    await expect(ask(own)).rejects.toMatchObject({
      reason: "tls",
      message: expect.stringMatching(/: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/),
    });
    await expect(ask(known, { cert, key })).rejects.toMatchObject({ code: "unavailable", reason: "tls" });
  });
});
