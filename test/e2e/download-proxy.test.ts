import { once } from "node:events";
import { createServer, request as send } from "node:http";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { freePort } from "../harness/free-port.ts";
import { GitRepository, startGitServer } from "../harness/git-server.ts";
import { busyboxEntries } from "../harness/images/busybox.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

const port = await freePort();
const proxy = `http://anna:S3CR3T-marker@127.0.0.1:${port}`;

systemSuite(
  "downloads through a proxy",
  (suite) => {
    /** What the proxy was asked for. */
    const asked: string[] = [];
    const build = (...args: string[]) => suite.tdock(["build", "--progress=plain", "-t", "proxied", ...args]);
    const read = (path: string) => suite.mustTdock(["run", "--rm", "proxied", "cat", path]);

    beforeAll(async () => {
      const stack = new AsyncDisposableStack();
      const root = join(suite.tdockd.layout.root, "git");
      await new GitRepository(join(root, "app.git")).commit("main", { f: "of the repository" });
      const git = stack.use(await startGitServer(root));
      const bodies: Readonly<Record<string, Buffer>> = {
        "http://web.example/file": Buffer.from("of a server"),
        "http://web.example/root.tar": await tarOf([...(await busyboxEntries()), file("imported", "imported")]),
        "http://web.example/context.tar": await tarOf([
          file("Dockerfile", `FROM ${suite.busybox}\nCOPY f /f\n`),
          file("f", "of an archive"),
        ]),
      };
      const server = createServer((request, response) => {
        const url = request.url ?? "";
        asked.push(url);
        if (request.headers["proxy-authorization"] !== `Basic ${btoa("anna:S3CR3T-marker")}`)
          return void response.writeHead(407, { "proxy-authenticate": "Basic" }).end();
        if (url.startsWith("http://git.example/")) {
          const { method, headers } = request;
          const onward = send(url.replace("http://git.example", git.url), { method, headers }, (answer) =>
            answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)),
          );
          return void request.pipe(onward);
        }
        if (url === "http://web.example/inside")
          return void response.writeHead(302, { location: "http://169.254.169.254/x" }).end();
        response.writeHead(bodies[url] ? 200 : 404).end(bodies[url]);
      }).listen(port, "127.0.0.1");
      await once(server, "listening");
      return async () => {
        server.closeAllConnections();
        server.close();
        await stack.disposeAsync();
      };
    });

    it.each([
      ["ADD of a URL", "ADD http://web.example/file /f", "of a server"],
      ["ADD of a repository", "ADD http://git.example/app.git /r\nRUN mv /r/f /f", "of the repository"],
    ])("bring %s", async (_, lines, text) => {
      const folder = await buildContext(suite, { Dockerfile: `FROM BASE\n${lines}\n` });

      expect(await build(folder)).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("S3CR3T") });

      expect(await read("/f")).toBe(text);
    });

    it("bring a build's context, and an archive to import", async () => {
      expect(await build("http://web.example/context.tar")).toMatchObject({ exitCode: 0 });
      expect(await read("/f")).toBe("of an archive");

      await suite.mustTdock(["import", "http://web.example/root.tar", "proxied"]);
      expect(await read("/imported")).toBe("imported");
    });

    it("are not asked of it where they are excepted, nor when they are this machine's", async () => {
      const before = asked.length;

      const excepted = await suite.tdock(["import", "http://excepted.invalid/root.tar"]);
      const own = await suite.tdock(["import", "http://127.0.0.1:1/root.tar"]);

      expect(excepted.stderr).toContain("ENOTFOUND");
      expect(own.stderr).toContain("ECONNREFUSED");
      expect(asked).toHaveLength(before);
    });

    it("are led to no address of a machine's metadata", async () => {
      const { exitCode, stderr } = await suite.tdock(["import", "http://web.example/inside"]);

      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("169.254.169.254") });
      expect(asked.filter((url) => url.includes("169.254"))).toEqual([]);
    });
  },
  { flags: [`--http-proxy=${proxy}`, "--no-proxy=excepted.invalid"] },
);
