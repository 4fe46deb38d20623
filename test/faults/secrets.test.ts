import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type RequestListener, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { freePort } from "../harness/free-port.ts";
import { GitRepository, startGitServer } from "../harness/git-server.ts";
import { runProgram } from "../harness/program.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

const marker = "S3CR3T-marker";
const login = `Basic ${btoa(`anna:${marker}`)}`;
const userinfo = `anna:${marker}@`;
const proxyPort = await freePort();

systemSuite(
  "a password",
  (suite) => {
    let host: string;
    const watch = new ProcessWatch(() => suite.tdockd.pid);

    beforeAll(async () => {
      const stack = new AsyncDisposableStack();
      const root = join(suite.tdockd.layout.root, "git");
      const files = { f: "of a repository", Dockerfile: `FROM ${suite.busybox}\nCOPY f /f\n` };
      await new GitRepository(join(root, "app.git")).commit("main", files);
      const git = stack.use(await startGitServer(root));
      host = `127.0.0.1:${await listen(stack, asks("authorization", answersFrom(git.url)))}`;
      const proxy = asks("proxy-authorization", asks("authorization", answersFrom(git.url)));
      await listen(stack, proxy, proxyPort);
      return () => stack.disposeAsync();
    });

    it("opens a registry to push to and to pull from", async () => {
      await using registry = await startRegistry({ auth: "basic" });
      const { credentials } = registry;
      const headers = { "x-registry-auth": Buffer.from(JSON.stringify(credentials)).toString("base64url") };
      const ask = (path: string) => watch.during(suite.api("POST", path, undefined, { headers }));
      await suite.mustTdock(["tag", suite.busybox, `${registry.host}/app`]);

      const pushed = await ask(`/images/${registry.host}/app/push?tag=latest`);
      await suite.mustTdock(["rmi", `${registry.host}/app`, suite.busybox]);
      const pulled = await ask(`/images/create?fromImage=${registry.host}/app&tag=latest`);

      expect(`${pushed.body}${pulled.body}`).toMatch(/Pushed.*Pull complete/s);
      expect(`${pushed.body}${pulled.body}`).not.toContain("errorDetail");
      await suite.mustTdock(["pull", "-q", suite.busybox]);
    });

    it.each([
      ["a server", () => `http://${userinfo}${host}/file`],
      ["a repository", () => `http://${userinfo}${host}/app.git`],
      ["a proxy, and a server behind it", () => `http://${userinfo}web.example/file`],
      ["a proxy, and a repository behind it", () => `http://${userinfo}git.example/app.git`],
    ])("opens, to a build's ADD, %s", async (_, url) => {
      const folder = await buildContext(suite, { Dockerfile: `FROM BASE\nADD ${url()} /added\n` });

      const { exitCode, stderr } = await watch.during(
        suite.tdock(["build", "--no-cache", "--progress=plain", "-t", "added", folder]),
      );

      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringContaining(marker) });
      const text = await suite.mustTdock(["run", "--rm", "added", "sh", "-c", "cat /added/f || cat /added"]);
      expect(text).toBe(url().endsWith("/file") ? "of a server" : "of a repository");
    });

    it.each([
      ["a repository", () => `http://${userinfo}${host}/app.git`],
      ["a proxy, and a repository behind it", () => `http://${userinfo}git.example/app.git`],
    ])("opens, to a build that has it as its context, %s", async (_, url) => {
      const { status, body } = await watch.during(
        suite.api("POST", `/build?t=built&remote=${encodeURIComponent(url())}`),
      );

      expect({ status, body }).toEqual({ status: 200, body: expect.stringContaining("Successfully built") });
      expect(body).not.toContain(marker);
    });

    it("is not in what is said of failures", async () => {
      for (const path of ["/none", "/none.git", "/file.git#../x", "/app.git#nobranch", "/app.git:x"]) {
        const url = `http://${userinfo}${host}${path}`;
        const folder = await buildContext(suite, { Dockerfile: `FROM BASE\nADD ${url} /added\n` });

        const { exitCode, stderr } = await watch.during(suite.tdock(["build", folder]));
        const { body } = await suite.api("POST", `/build?remote=${encodeURIComponent(url)}`);

        expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.not.stringContaining(marker) });
        expect(JSON.stringify(body)).toMatch(/message|errorDetail/);
        expect(JSON.stringify(body)).not.toContain(marker);
      }
    });

    it("was in no command line and no environment of what tdockd started", () => {
      expect(watch.programs).toContain("git-remote-http");
      expect([...watch.leaks]).toEqual([]);
    });

    it("is in nothing that is kept, logged or shown", async () => {
      const { dataRoot, execRoot } = suite.tdockd.layout;
      const shown = await Promise.all([
        suite.mustTdock(["history", "--no-trunc", "added"]),
        suite.mustTdock(["inspect", "added", "built"]),
        suite.mustTdock(["events", "--since", "10m", "--until", "0s", "--format", "json"]),
        suite.mustTdock(["system", "df", "-v"]),
        suite.mustTdock(["info"]),
        suite.tdockd.log(),
      ]);

      for (const secret of [marker, login.slice("Basic ".length)]) {
        expect(shown.join("\n")).not.toContain(secret);
        expect((await runProgram("grep", ["-rlF", secret, dataRoot, execRoot])).stdout).toBe("");
      }
    });
  },
  { env: { http_proxy: `http://${userinfo}127.0.0.1:${proxyPort}` } },
);

/** Looks, again and again, at every process but tdockd itself, whose proxy is its own. */
class ProcessWatch {
  /** The processes that had the password on their command line or in their environment. */
  readonly leaks = new Set<string>();
  readonly programs = new Set<string>();
  readonly #server: () => number;

  constructor(server: () => number) {
    this.#server = server;
  }

  async during<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const watching = (async () => {
      while (!isOver) {
        await this.#look();
        await delay(5);
      }
    })();
    return work.finally(async () => {
      isOver = true;
      await watching;
    });
  }

  /** A child that has been split off and does not run its own program yet still looks like tdockd. */
  async #look(): Promise<void> {
    const read = (pid: string, name: string) => readFile(`/proc/${pid}/${name}`, "latin1").catch(() => "");
    const own = await read(String(this.#server()), "cmdline");
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      const [args, variables] = await Promise.all([read(pid, "cmdline"), read(pid, "environ")]);
      if (args === own) continue;
      this.programs.add(args.split("\0")[0]?.split("/").at(-1) ?? "");
      if (`${args}${variables}`.includes(marker)) this.leaks.add(`${args}\n${variables}`);
    }
  }
}

async function listen(stack: AsyncDisposableStack, listener: RequestListener, port = 0): Promise<number> {
  const server = createServer(listener).listen(port, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Lets only those through who log in with the header of this name. */
function asks(header: "authorization" | "proxy-authorization", inner: RequestListener): RequestListener {
  const [status, challenge] =
    header === "authorization" ? ([401, "www-authenticate"] as const) : ([407, "proxy-authenticate"] as const);
  return (request, response) => {
    if (request.headers[header] === login) return inner(request, response);
    response.writeHead(status, { [challenge]: "Basic realm=x" }).end();
  };
}

/** A file and, slowly enough to be looked at, repositories; asked straight or as a proxy. */
function answersFrom(repositories: string): RequestListener {
  return async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "", "http://server");
    if (pathname === "/file") return void response.end("of a server");
    if (!pathname.startsWith("/app.git")) return void response.writeHead(404).end();
    await delay(50);
    const { method, headers } = request;
    const onward = send(`${repositories}${pathname}${search}`, { method, headers }, (answer) =>
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)),
    );
    request.pipe(onward);
  };
}
