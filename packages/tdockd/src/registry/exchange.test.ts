import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchToken } from "./auth.ts";
import { defaultRegistrySettings, RegistryClient } from "./client.ts";
import { exchange, readBody } from "./exchange.ts";
import { hostAt } from "./hosts.ts";

describe("exchange", () => {
  const client = new RegistryClient(defaultRegistrySettings);
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = createServer(({ url }, response) => {
      const isThere = url === "/there";
      response.writeHead(isThere ? 200 : 307, { location: `http://${url?.slice(1)}:${port}/there` }).end("here");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    server.close();
  });

  /** As a registry whose name, of another kind than `localhost`, is this machine's in `/etc/hosts`. */
  const own = () => ({ ...hostAt(`http://localhost:${port}`), isLocal: false });
  const ask = (path: string) => {
    const host = own();
    const url = new URL(`${host.origin}/${path}`);
    return exchange(client, host, { method: "GET", url, headers: {}, signal: new AbortController().signal });
  };

  it("asks a registry that the user named, whatever its name stands for", async () => {
    expect((await readBody(await ask("there"), 10)).toString()).toBe("here");
    expect((await readBody(await ask("localhost"), 10)).toString()).toBe("here");
  });

  it("follows it to no other name or address of this machine", async () => {
    await expect(ask("127.0.0.1")).rejects.toMatchObject({ code: "forbidden" });
    await expect(ask("other.localhost")).rejects.toMatchObject({ code: "forbidden" });
  });

  it("asks no token server at such an address", async () => {
    const challenge = { scheme: "bearer", parameters: new Map([["realm", `http://127.0.0.1:${port}/there`]]) };
    const { signal } = new AbortController();

    const token = fetchToken(client, challenge, { host: own(), credentials: {}, scopes: [], signal });

    await expect(token).rejects.toMatchObject({ code: "forbidden" });
  });
});
