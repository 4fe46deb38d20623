import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { GitRepository, startGitServer } from "../harness/git-server.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

const text = "from a server\n";
const sha256 = (content: string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
const date = "Fri, 13 Feb 2009 23:31:30 GMT";

/** Lines of a Dockerfile, what the shell command prints in the image; WEB and GIT stand for the servers' addresses. */
type Case = readonly [feature: string, lines: string, command: string, printed: string, ...flags: string[]];

const cases: readonly Case[] = [
  [
    "ADD of a URL, with its date and for root alone",
    "ADD WEB/file /d/",
    "stat -c '%a %u %Y' /d/file; cat /d/file",
    "600 0 1234567890\nfrom a server",
  ],
  [
    "ADD of a URL to a path, and to a folder under the name it has",
    "ADD WEB/file /path\nADD WEB/a%20b?v=1 /d/",
    "cat /path; ls /d",
    "from a server\na b",
  ],
  [
    "ADD of a URL's archive, unpacked only when asked to be",
    "ADD WEB/packed.tar.gz /\nADD --unpack=true WEB/packed.tar.gz /out/",
    "ls /packed.tar.gz /out",
    "/packed.tar.gz\n\n/out:\npacked",
  ],
  ["ADD --checksum of a URL", `ADD --checksum=${sha256(text)} WEB/moved /f`, "cat /f", "from a server"],
  [
    "ADD of a git repository",
    "ADD GIT/app.git /r",
    "cd /r && ls -A && stat -c '%a %u' run.sh sub/f",
    "run.sh\nsub\n755 0\n644 0",
  ],
  ["ADD of a git repository's branch and folder", "ADD GIT/app.git#other:sub /r/", "cd /r && cat f", "other"],
  ["ADD of a git repository's tag", "ADD GIT/app.git#v1 /r", "cat /r/sub/f", "main"],
  ["ADD --keep-git-dir", "ADD --keep-git-dir=true GIT/app.git#COMMIT /r", "cat /r/.git/HEAD", "COMMIT"],
  ["ADD --checksum of a git repository", "ADD --checksum=COMMIT GIT/app.git#main /r", "cat /r/sub/f", "main"],
  ["ADD --checksum with the beginning of a commit", "ADD --checksum=SHORT GIT/app.git /r", "cat /r/sub/f", "main"],
  ["ADD of a repository that is only files on a server", "ADD WEB/dumb.git /r", "cat /r/sub/f", "main"],
  ["COPY --from a git repository", "COPY --from=repo sub/f /f", "cat /f", "main", "--build-context=repo=GIT/app.git"],
  [
    "COPY --from an archive's URL",
    "COPY --from=web packed /f",
    "cat /f",
    "packed",
    "--build-context=web=WEB/packed.tar.gz",
  ],
  [
    "ADD with a token that only the URL's host is given",
    "ADD WEB/secret /f",
    "cat /f",
    "secret",
    "--secret=id=HTTP_AUTH_TOKEN_HOST,env=TOKEN",
  ],
];

systemSuite("what a Dockerfile takes from elsewhere", (suite) => {
  const stack = new AsyncDisposableStack();
  let server: Server;
  let commit = "";
  let words: Readonly<Record<string, string>> = {};
  const filled = (line: string) =>
    Object.entries(words).reduce((filled, [word, value]) => filled.replaceAll(word, value), line);
  const build = async (lines: string, ...flags: string[]) =>
    suite.tdock(
      [
        "build",
        "--progress=plain",
        "-t",
        "remote",
        ...flags.map(filled),
        await buildContext(suite, { Dockerfile: filled(lines) }),
      ],
      { env: { TOKEN: "T0KEN" } },
    );
  const run = (command: string) => suite.mustTdock(["run", "--rm", "remote", "sh", "-c", command]);

  beforeAll(async () => {
    const repository = new GitRepository(join(suite.tdockd.layout.root, "git/app.git"));
    commit = await repository.commit("main", { "sub/f": "main\n", "run.sh": "" });
    await repository.git("tag", "v1");
    await repository.commit("other", { "sub/f": "other\n" });
    await repository.git("checkout", "-q", "main");
    const git = stack.use(await startGitServer(join(suite.tdockd.layout.root, "git")));
    server = await startWebServer(repository.folder);
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    words = { WEB: `http://${host}`, GIT: git.url, HOST: host, COMMIT: commit, SHORT: commit.slice(0, 8) };
  });

  afterAll(async () => {
    server.close();
    await stack.disposeAsync();
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
  });

  it.each(cases)("offers %s", async (_, lines, command, printed, ...flags) => {
    const { exitCode, stderr } = await build(`FROM BASE\n${lines}\n`, ...flags);

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await run(command)).toBe(filled(printed));
  });

  it.each([
    ["a URL that is not there", "ADD WEB/none /", "the server answered 404"],
    [
      "other bytes than were promised",
      `ADD --checksum=${sha256("other")} WEB/file /`,
      `digest mismatch ${sha256(text)}`,
    ],
    ["a checksum that is none", "ADD --checksum=md5:1 WEB/file /", "invalid checksum"],
    ["a checksum of a file of the context", `ADD --checksum=${sha256("")} f /`, "checksum requires HTTP(S) or Git"],
    ["another commit than was promised", "ADD --checksum=0000000 GIT/app.git /r", "wanted commit 0000000, got COMMIT"],
    ["a branch that is not there", "ADD GIT/app.git#none /r", "none"],
    ["a folder outside the repository", "ADD GIT/app.git#main:../x /r", "must be inside it"],
    ["COPY of a URL", "COPY WEB/file /", "source can't be a URL for COPY"],
    ["COPY of a repository", "COPY GIT/app.git /", "source can't be a git ref for COPY"],
    ["a URL that leads to this machine's metadata", "ADD WEB/inside /", "169.254.169.254"],
  ])("says what is wrong with %s", async (_, lines, problem) => {
    const { exitCode, stderr } = await build(`FROM BASE\n${lines}\n`);

    expect(exitCode).toBe(1);
    expect(stderr).toContain(filled(problem));
  });

  it("fetches again what is at a URL, and takes the step from the cache when it is the same", async () => {
    const folder = await buildContext(suite, { Dockerfile: filled("FROM BASE\nADD WEB/file WEB/changing /d/\n") });
    const again = async () => (await suite.tdock(["build", "--progress=plain", folder])).stderr;
    await again();

    const same = await again();
    changing += "changed";
    const changed = await again();

    expect(same).toContain("CACHED");
    expect(changed).toContain("not cached: changing changed");
  });

  it("takes a repository from the cache while it has the same commit, its .git too", async () => {
    const lines = "FROM BASE\nADD --keep-git-dir=true GIT/app.git /r\n";
    await build(lines);

    expect((await build(lines)).stderr).toContain("CACHED");
  });

  it("builds from a git repository, a branch and folder of it, and an archive", async () => {
    const repository = new GitRepository(join(suite.tdockd.layout.root, "git/built.git"));
    const files = { Dockerfile: filled(`FROM ${suite.busybox}\nCOPY . /all\n`), f: "root\n" };
    await repository.commit("main", { ...files, ".dockerignore": "hidden\n", hidden: "" });
    await repository.commit("deep", { "sub/Dockerfile": files.Dockerfile, "sub/g": "" });
    const contents = async (url: string, ...flags: string[]) => {
      await suite.mustTdock(["build", "-q", "-t", "remote", ...flags, filled(url)]);
      return run("ls -A /all");
    };

    expect(await contents("GIT/built.git#main")).toBe(".dockerignore\nDockerfile\nf");
    expect(await contents("GIT/built.git#deep:sub")).toBe("Dockerfile\ng");
    expect(await contents("GIT/built.git#main", "--build-arg=BUILDKIT_CONTEXT_KEEP_GIT_DIR=1")).toContain(".git\n");
    archived = await tarOf([file("Dockerfile", files.Dockerfile), file("in-archive", "")]);
    expect(await contents("WEB/context.tar")).toBe("Dockerfile\nin-archive");
  });
});

let changing = "first";
let archived: Buffer = Buffer.alloc(0);

/** Files under fixed paths, and those of a repository as they lie on disk. */
async function startWebServer(repository: string): Promise<Server> {
  const packed = gzipSync(await tarOf([file("packed", "packed\n")]));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://server");
    if (pathname === "/moved") return void response.writeHead(302, { location: "/file" }).end();
    if (pathname === "/inside") return void response.writeHead(302, { location: "http://169.254.169.254/x" }).end();
    const hasToken = request.headers.authorization === "Bearer T0KEN";
    const bodies: Readonly<Record<string, string | Buffer>> = {
      "/file": text,
      "/a%20b": text,
      "/changing": changing,
      "/packed.tar.gz": packed,
      "/context.tar": archived,
      ...(hasToken && { "/secret": "secret\n" }),
    };
    const dumb = /^\/dumb\.git(\/.*)$/.exec(pathname)?.[1];
    const body = dumb ? await readFile(join(repository, ".git", dumb)).catch(() => undefined) : bodies[pathname];
    if (body === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "last-modified": date, "content-length": Buffer.byteLength(body) }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
