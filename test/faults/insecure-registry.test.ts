import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { networkInterfaces } from "node:os";
import { Agent } from "undici";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { pushImage } from "../harness/images/push.ts";
import { type Registry, startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

/** An address of this machine that is not loopback: plain HTTP goes without asking only there. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === "IPv4" && !one.internal)?.address as string;
const listedTls = await freePort();
const listedPlain = await freePort();

systemSuite(
  "registries whose word is not to be trusted",
  (suite) => {
    const servers: Server[] = [];
    const registries: Registry[] = [];
    const asked: string[] = [];

    /** Notes what it is asked, and has nothing. */
    async function listen(port: number): Promise<number> {
      const server = createServer((request, response) => {
        asked.push(`${port} ${request.headers.authorization ?? "nobody"}`);
        response.writeHead(404).end("{}");
      }).listen(port, address);
      await once(server, "listening");
      servers.push(server);
      return port;
    }

    beforeAll(async () => {
      await listen(listedPlain);
      for (const port of [listedTls, await freePort()]) {
        const registry = await startRegistry({ tls: true, port });
        registries.push(registry);
        const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
        await pushImage({ url: registry.url, dispatcher }, "app:1", await busyboxImage());
      }
    });
    afterAll(async () => {
      for (const server of servers) server.close();
      for (const registry of registries) await registry[Symbol.asyncDispose]();
    });

    it("are taken at it, over TLS, where they are listed, and nowhere else", async () => {
      const [listed, unlisted] = registries.map(({ host }) => `${host}/app:1`);

      const taken = await suite.tdock(["pull", "-q", listed ?? ""]);
      const refused = await suite.tdock(["pull", "-q", unlisted ?? ""]);

      expect(taken).toMatchObject({ exitCode: 0, stderr: "" });
      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/certificate/i) });
    });

    it("are asked without TLS where they are listed, and nowhere else", async () => {
      const unlisted = await listen(await freePort());

      const listed = await suite.tdock(["pull", `${address}:${listedPlain}/app:1`]);
      const refused = await suite.tdock(["pull", `${address}:${unlisted}/app:1`]);

      expect(listed).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/not found|manifest unknown/) });
      expect(refused.exitCode).toBe(1);
      expect(asked.filter((one) => one.startsWith(`${listedPlain} `)).length).toBeGreaterThan(0);
      expect(asked.filter((one) => one.startsWith(`${unlisted} `))).toEqual([]);
    });

    it("get no password in the clear when they are not listed and have no TLS", async () => {
      const heard: Buffer[] = [];
      const server = createTcpServer((socket) => {
        socket
          .on("error", () => undefined)
          .once("data", (data: Buffer) => {
            heard.push(data);
            socket.destroy();
          });
      }).listen(0, address);
      await once(server, "listening");
      const auth = Buffer.from(JSON.stringify({ username: "anna", password: "S3CR3T-marker" })).toString("base64url");
      const from = `${address}:${(server.address() as AddressInfo).port}/app`;

      const answer = await suite.api("POST", `/images/create?fromImage=${from}&tag=1`, undefined, {
        headers: { "x-registry-auth": auth },
      });

      expect(JSON.stringify(answer.body)).toMatch(/errorDetail|message/);
      expect(heard.length).toBeGreaterThan(0);
      // A greeting of TLS begins with 22; whatever is no greeting would be the request itself.
      expect(heard.map((data) => data[0])).toEqual(heard.map(() => 22));
      server.close();
    });
  },
  { flags: [`--insecure-registry=127.0.0.1:${listedTls}`, `--insecure-registry=${address}:${listedPlain}`] },
);
