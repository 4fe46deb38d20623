import { readFile } from "node:fs/promises";
import { Agent, request } from "undici";
import { describe, expect, it } from "vitest";
import { startRegistry } from "./registry.ts";

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

describe("startRegistry", () => {
  it("serves the registry API on loopback until it is disposed of", async () => {
    let url: string;
    {
      await using registry = await startRegistry();
      url = `${registry.url}/v2/`;
      expect((await request(url)).statusCode).toBe(200);
    }

    await expect(request(url)).rejects.toThrow("ECONNREFUSED");
  });

  it("asks for basic credentials when told to", async () => {
    await using registry = await startRegistry({ auth: "basic" });
    const { username, password } = registry.credentials;

    expect((await request(`${registry.url}/v2/`)).statusCode).toBe(401);
    const headers = { authorization: basic(username, password) };
    expect((await request(`${registry.url}/v2/`, { headers })).statusCode).toBe(200);
  });

  it("takes the tokens that its token service gives out", async () => {
    await using registry = await startRegistry({ auth: "token" });
    const realm = `${registry.tokenServer?.realm}?service=registry&scope=repository:a/b:pull`;

    expect((await request(`${registry.url}/v2/a/b/tags/list`)).statusCode).toBe(401);
    const { token } = (await (await request(realm)).body.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect((await request(`${registry.url}/v2/a/b/tags/list`, { headers })).statusCode).toBe(404);
  });

  it("refuses a wrong password at the token service", async () => {
    await using registry = await startRegistry({ auth: "token" });

    const headers = { authorization: basic("anna", "wrong") };
    expect((await request(registry.tokenServer?.realm ?? "", { headers })).statusCode).toBe(401);
  });

  it("speaks TLS with its own certificate", async () => {
    await using registry = await startRegistry({ tls: true });
    const ca = await readFile(registry.certificate?.certFile ?? "");
    const dispatcher = new Agent({ connect: { ca } });

    expect((await request(`${registry.url}/v2/`, { dispatcher })).statusCode).toBe(200);
    await dispatcher.close();
  });
});
