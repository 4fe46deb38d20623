import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { busyboxEntries } from "../harness/images/busybox.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock import of an address", (suite) => {
  let server: Server;
  let address: string;
  const changes = ["-c", 'CMD ["cat", "/imported"]'];
  const importUrl = (path: string, name: string) => suite.tdock(["import", ...changes, `${address}${path}`, name]);

  beforeAll(async () => {
    const tar = await tarOf([...(await busyboxEntries()), file("imported", "from an address")]);
    const bodies: Readonly<Record<string, Buffer>> = {
      "/root.tar": tar,
      "/root.tar.gz": gzipSync(tar),
      "/root.tar.zst": zstdCompressSync(tar),
      "/no-archive": Buffer.alloc(5000, "text"),
    };
    server = createServer((request, response) => {
      const path = URL.parse(request.url ?? "", "http://server")?.pathname ?? "";
      const body = bodies[path];
      if (path === "/moved") return void response.writeHead(302, { location: "/root.tar" }).end();
      if (path === "/inside") return void response.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
      if (path === "/cut-off") {
        response.writeHead(200, { "content-length": tar.length });
        return void response.write(tar.subarray(0, tar.length / 2), () => response.destroy());
      }
      if (body === undefined) return void response.writeHead(404).end();
      response.writeHead(200, { "content-length": body.length }).end(body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it.each(["/root.tar", "/root.tar.gz", "/root.tar.zst", "/moved"])("makes an image of %s", async (path) => {
    const { exitCode, stdout } = await importUrl(path, "imported:1");

    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(new RegExp(`^Downloading from ${address}${path}\n(.*\n)*sha256:[0-9a-f]{64}\n$`)),
    });
    expect(await suite.mustTdock(["run", "--rm", "imported:1"])).toBe("from an address");
    expect(await suite.mustTdock(["history", "--format", "{{.Comment}}", "imported:1"])).toBe(
      `Imported from ${address}${path}`,
    );
  });

  it("takes an address without a scheme, as Docker does, and keeps what comes after ? to itself", async () => {
    const source = encodeURIComponent(`${address.slice("http://".length)}/root.tar?token=S3CR3T`);

    const { status, body } = await suite.api("POST", `/images/create?fromSrc=${source}&repo=imported&tag=2`);

    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain("S3CR3T");
    expect(await suite.mustTdock(["history", "--no-trunc", "imported:2"])).not.toContain("S3CR3T");
  });

  it.each([
    ["/nowhere", "the server answered 404"],
    ["/inside", "169.254.169.254"],
    ["/cut-off", ""],
    ["/no-archive", "invalid"],
  ])("says why %s is none, and leaves no image", async (path, message) => {
    const { exitCode, stderr } = await importUrl(path, "refused:1");

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(message) });
    expect((await suite.api("GET", "/images/refused:1/json")).status).toBe(404);
  });

  it("refuses what is no address of the web", async () => {
    const { status, body } = await suite.api("POST", "/images/create?fromSrc=file:///etc/passwd&repo=refused");

    expect({ status, body }).toEqual({
      status: 400,
      body: { message: expect.stringContaining("wanted an http or https address, got file:///etc/passwd") },
    });
  });
});
