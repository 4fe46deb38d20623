import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { mustRun } from "./program.ts";

const identity = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b" };

/** A repository on disk, made of commits one after the other. */
export class GitRepository {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Commits files, with what they hold, to a branch that is made where there is none; gives the commit. */
  async commit(branch: string, files: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, name)), { recursive: true });
      await writeFile(join(this.folder, name), text, { mode: name.endsWith(".sh") ? 0o755 : 0o644 });
    }
    await this.git("init", "-q", "-b", "main");
    await this.git("checkout", "-q", "-B", branch);
    await this.git("add", "-A");
    await this.git("commit", "-q", "-m", "files");
    await this.git("update-server-info");
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  git(...args: readonly string[]): Promise<string> {
    return mustRun("git", ["-C", this.folder, ...args], { env: identity });
  }
}

/** git's own server over the repositories below `root`, on the loopback interface. */
export async function startGitServer(root: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => void answer(root, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, [Symbol.asyncDispose]: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

/** Runs git's CGI program for one request. */
async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "", "http://server");
  const child = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  request.pipe(child.stdin);
  const output = await buffer(child.stdout);
  const end = output.indexOf("\r\n\r\n");
  const headers = new Map(
    output
      .subarray(0, end)
      .toString()
      .split("\r\n")
      .map((line) => line.split(": ", 2) as [string, string]),
  );
  const status = Number.parseInt(headers.get("Status") ?? "200", 10);
  headers.delete("Status");
  response.writeHead(status, Object.fromEntries(headers)).end(output.subarray(end + 4));
}
