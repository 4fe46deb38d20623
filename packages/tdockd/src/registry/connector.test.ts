import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createProxy } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultRegistrySettings, RegistryClient } from "./client.ts";
import { exchange, readBody } from "./exchange.ts";
import { hostAt } from "./hosts.ts";
import type { HostTls, RegistryHost } from "./registry-host.ts";

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
    const names = ["-subj", "/CN=tdock test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:reg.example"];
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
    return askAt(client, host);
  }

  async function askAt(asked: RegistryClient, host: RegistryHost): Promise<string> {
    const { signal } = new AbortController();
    const answer = await exchange(asked, host, { method: "GET", url: new URL(host.origin), headers: {}, signal });
    return (await readBody(answer, 10)).toString();
  }

  it("trusts the system's authorities, and a host's own beside them", async () => {
    const ca = [readFileSync(join(folder, "own.pem"), "utf8")];

    expect([await ask(known), await ask(known, { ca }), await ask(own, { ca })]).toEqual(["here", "here", "here"]);
  });

  it("goes through a proxy, which sees nothing but where to, and where that refuses says so", async () => {
    const seen: unknown[] = [];
    const proxy = createProxy((request, response) => {
      seen.push(request.url);
      response.end("plainly");
    }).on("connect", ({ url, headers }, socket) => {
      seen.push([url, headers["proxy-authorization"]]);
      if (url !== "reg.example:443") return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const there = connect((known.address() as AddressInfo).port, "127.0.0.1");
      socket
        .on("error", () => undefined)
        .pipe(there.on("error", () => undefined))
        .pipe(socket);
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    const address = `http://me:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}/`;
    await using through = new RegistryClient({
      ...{ ...defaultRegistrySettings, proxies: { http: address, https: address, no: "" } },
    });
    const get = (origin: string) => askAt(through, hostAt(origin));

    const answers = [await get("https://reg.example"), await get("http://other.example/x")];
    const refused = get("https://refused.example");

    await expect(refused).rejects.toMatchObject({ code: "unavailable", message: expect.stringMatching(/proxy.*403/i) });
    expect(answers).toEqual(["here", "plainly"]);
    const login = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    expect(seen).toEqual([["reg.example:443", login], "http://other.example/", ["refused.example:443", login]]);
    proxy.closeAllConnections();
    proxy.close();
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
