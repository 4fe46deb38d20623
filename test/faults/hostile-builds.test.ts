import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { GitRepository, startGitServer } from "../harness/git-server.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

const megabyte = 1 << 20;

const zeros = Buffer.alloc(256 * 1024);

systemSuite("builds of strangers", (suite) => {
  /** A folder of the host that no build may see or change: a text, and files and folders that are empty. */
  let outside = "";
  const secret = "what the host knows";

  beforeAll(async () => {
    outside = join(suite.tdockd.layout.root, "outside");
    await mkdir(join(outside, "empty-folder"), { recursive: true });
    await writeFile(join(outside, "known"), secret);
    await writeFile(join(outside, "empty"), "");
  });

  afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

  const contextOf = async (lines: string, files: Readonly<Record<string, string>> = {}) => {
    const folder = await buildContext(suite, {
      Dockerfile: `FROM BASE\n${lines.replaceAll("OUTSIDE", outside)}\n`,
      f: "of the context\n",
      ...files,
    });
    await symlink("/", join(folder, "to-root"));
    await symlink(outside, join(folder, "to-outside"));
    await symlink(`../../../../../../..${outside}`, join(folder, "climbing"));
    return folder;
  };
  const build = async (lines: string, ...flags: string[]) =>
    suite.tdock(["build", "--progress=plain", "-t", "hostile", ...flags, await contextOf(lines)]);
  const isUntouched = async () => {
    expect((await readdir(outside)).sort()).toEqual(["empty", "empty-folder", "known"]);
    expect(await readFile(join(outside, "known"), "utf8")).toBe(secret);
  };
  const missing = "no such";

  describe("that reach out of the context or the image", () => {
    it.each([
      ["COPY of a path above the context", "COPY ../outside/known /x", missing],
      ["COPY of an absolute path", "COPY OUTSIDE/known /x", missing],
      ["COPY through a link to the host's root", "COPY to-rootOUTSIDE/known /x", missing],
      ["COPY through a link to a folder of the host", "COPY to-outside/known /x", missing],
      ["COPY through a link that climbs", "COPY climbing/known /x", missing],
      ["ADD through a link to a folder of the host", "ADD to-outside/known /x", missing],
      ["COPY --parents above the context", "COPY --parents ../outside/./known /x", missing],
      ["COPY --from a stage's link", "RUN ln -s OUTSIDE /l\nFROM BASE\nCOPY --from=0 /l/known /x", missing],
      ["RUN --mount of a link of the context", "RUN --mount=source=to-outside/known,target=/m cat /m", missing],
      ["RUN --mount of a climbing path", "RUN --mount=source=../outside/known,target=/m cat /m", missing],
      [
        "RUN --mount from a stage's link",
        "RUN ln -s OUTSIDE /l\nFROM BASE\nRUN --mount=from=0,source=/l,target=/m ls /m",
        missing,
      ],
      [
        "a cache mount that begins with a stage's link",
        "RUN ln -s OUTSIDE /l\nFROM BASE\nRUN --mount=type=cache,from=0,source=/l,target=/m ls /m",
        missing,
      ],
      ["a mount over all", "RUN --mount=type=tmpfs,target=/ true", "invalid mount target"],
    ])("are refused: %s", async (_, lines, problem) => {
      const { exitCode, stderr } = await build(lines);

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(problem) });
      expect(stderr).not.toContain(secret);
      await isUntouched();
    });

    it.each([
      ["COPY to a link of the image", "RUN ln -s OUTSIDE /l\nCOPY f /l/planted"],
      ["COPY to a climbing link of the image", "RUN ln -s ../../../../../../..OUTSIDE /l\nCOPY f /l/planted"],
      ["COPY of a folder over a link of the image", "RUN ln -s OUTSIDE /l\nCOPY . /l"],
      ["ADD to a link of the image", "RUN ln -s OUTSIDE /l\nADD f /l/planted"],
      ["WORKDIR through a link of the image", "RUN ln -s OUTSIDE /l\nWORKDIR /l/made\nRUN touch planted"],
      [
        "a mount through a link of the image",
        "RUN ln -s OUTSIDE /l\nRUN --mount=type=tmpfs,target=/l/made touch /l/made/planted",
      ],
      ["a cache named like a path", "RUN --mount=type=cache,id=../../../../outside/made,target=/c touch /c/planted"],
      ["a cache named like the host's folder", "RUN --mount=type=cache,id=OUTSIDE,target=/c touch /c/planted"],
      [
        "a stub's folder that becomes a link to an empty file of the host",
        "RUN --mount=type=bind,source=f,target=/a/empty mv /a /b && ln -s OUTSIDE /a",
      ],
      [
        "a stub's folder that becomes a link to an empty folder of the host",
        "RUN --mount=type=tmpfs,target=/a/empty-folder mv /a /b && ln -s OUTSIDE /a",
      ],
      [
        "a whole stage that is mounted writable",
        "RUN ln -s OUTSIDE /l\nFROM BASE\nRUN --mount=from=0,target=/m,rw touch /m/planted; true",
      ],
      ["an ignore file that names what is above", "COPY . /all"],
    ])("stay inside: %s", async (name, lines) => {
      const above = "!../outside\n!/../outside/known\n";
      const ignored: Record<string, string> = name.startsWith("an ignore file") ? { ".dockerignore": above } : {};
      const folder = await contextOf(lines, ignored);

      const { exitCode, stderr } = await suite.tdock(["build", "--progress=plain", folder]);

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      await isUntouched();
    });

    it("stay inside though two steps swap what is mounted from a cache that they share", async () => {
      const mount = "RUN --mount=type=cache,id=swapped,target=/c";
      const swapping = "for i in $(seq 300); do rm -rf /c/d; ln -s OUTSIDE /c/d; rm /c/d; mkdir /c/d; done";
      const lines = `${mount} mkdir -p /c/d && ${swapping}\nFROM BASE\n${mount} for i in $(seq 300); do cat /c/d/known; touch /c/d/planted; done 2>/dev/null; true\nFROM BASE\nCOPY --from=0 /bin/true /0\nCOPY --from=1 /bin/true /1`;

      const { exitCode, stderr } = await build(lines);

      expect(exitCode).toBe(0);
      expect(stderr).not.toContain(secret);
      await isUntouched();
    });

    it("are refused when their Dockerfile is a link out of the context, or named by a path above it", async () => {
      const folder = await buildContext(suite, { f: "" });
      await symlink(join(outside, "known"), join(folder, "Dockerfile"));
      const linked = await suite.tdock(["build", folder]);
      const archive = await tarOf([file("f", "")]);
      const named = await suite.api("POST", "/build?dockerfile=..%2F..%2Foutside%2Fknown", archive);

      expect(linked.exitCode).toBe(1);
      expect(linked.stderr).not.toContain(secret);
      expect(named.status).toBe(400);
      expect(JSON.stringify(named.body)).toContain("Cannot locate specified Dockerfile");
    });
  });

  describe("that want to be more than containers", () => {
    it.each([7, 8, 9, 10, 12, 15])("are refused WORKDIR /proc/self/fd/%d", async (fd) => {
      const { exitCode, stderr } = await build(`WORKDIR /proc/self/fd/${fd}\nRUN pwd -P; ls ../../../../../..OUTSIDE`);

      expect(exitCode).toBe(1);
      expect(stderr).not.toContain("empty-folder");
    });

    it("have what containers have: capabilities, filter, hidden files, bounds, no descriptor and no variable of the server", async () => {
      const probe =
        "grep -E '^(Cap|Seccomp:|NoNewPrivs)' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '; env | sort; " +
        "cat /proc/kcore /proc/timer_list 2>/dev/null | wc -c; ls -A /sys/firmware | wc -l; touch /sys/x /proc/sys/x 2>/dev/null || echo read-only";
      const container = await suite.mustTdock(["run", "--rm", "-h", "same", suite.busybox, "sh", "-c", probe]);

      const { stderr } = await build(`RUN ${probe}`, "--build-arg=BUILDKIT_SANDBOX_HOSTNAME=same");
      const printed = [...stderr.matchAll(/^#\d+ \d+\.\d+ (.*)$/gm)].map(([, line]) => line);

      const ofBoth = (lines: readonly (string | undefined)[]) =>
        lines.filter((line) => !/^(HOME|HOSTNAME|PWD|SHLVL)=/.test(line ?? ""));
      expect(ofBoth(printed)).toEqual(ofBoth(container.split("\n")));
      expect(printed).toContain("read-only");
    });

    it("cannot take all processes of the host", async () => {
      const read = "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null";

      const { stderr } = await build(`RUN ${read}`);

      expect(stderr).toMatch(/^#\d+ \d+\.\d+ 4096$/m);
    });

    it.each(["4294967296", "2147483648", "99999999999999999999", "-1", "nosuch", "a:b:c"])(
      "are refused USER %s",
      async (user) => {
        expect((await build(`USER ${user}\nRUN id`)).exitCode).toBe(1);
      },
    );

    it.each([
      ["is a FIFO", "RUN rm -f /etc/passwd && mkfifo /etc/passwd"],
      ["is a link to the host's", "RUN rm -f /etc/passwd && ln -s ../../../../../../../etc/passwd /etc/passwd"],
      ["has no end", "RUN rm -f /etc/passwd && ln -s /dev/zero /etc/passwd"],
      ["is a folder", "RUN rm -f /etc/passwd && mkdir /etc/passwd"],
    ])("find nobody by a name when /etc/passwd %s", async (_, line) => {
      const { exitCode, stderr } = await build(`${line}\nCOPY --chown=sshd f /f`);

      expect(exitCode).toBe(1);
      expect(stderr).toContain("sshd");
    });

    it.each(["proc", "sys", "dev"])("run nothing over a /%s that is a link", async (name) => {
      const folder = await buildContext(suite, {
        Dockerfile: `FROM scratch\nCOPY --from=BASE /bin /bin\nCOPY ${name} /\nRUN ["/bin/true"]\n`,
      });
      await symlink(outside, join(folder, name));
      await writeFile(
        join(folder, "Dockerfile"),
        `FROM ${suite.busybox} AS b\nRUN mkdir /r && ln -s ${outside} /r/${name} && cp -a /bin /lib* /r/ 2>/dev/null; true\nFROM scratch\nCOPY --from=b /r /\nRUN ["/bin/true"]\n`,
      );

      const { exitCode, stderr } = await suite.tdock(["build", folder]);

      expect(exitCode).toBe(1);
      expect(stderr).toContain(`/${name}`);
      await isUntouched();
    });
  });

  describe("from repositories and servers", () => {
    const stack = new AsyncDisposableStack();
    let git = "";
    let web = "";
    let sentBytes = 0;
    let isStreaming = false;

    beforeAll(async () => {
      const root = join(suite.tdockd.layout.root, "git");
      const linking = new GitRepository(join(root, "linking.git"));
      await mkdir(linking.folder, { recursive: true });
      await symlink(outside, join(linking.folder, "link"));
      await linking.commit("main", { Dockerfile: `FROM ${suite.busybox}\nCOPY link/known /x\n` });
      const above = new GitRepository(join(root, "above.git"));
      await above.commit("main", {
        ".gitmodules": `[submodule "m"]\n\tpath = m\n\turl = file://${linking.folder}\n`,
      });
      await above.git(
        "update-index",
        "--add",
        "--cacheinfo",
        `160000,${(await linking.git("rev-parse", "HEAD")).trim()},m`,
      );
      await above.git("commit", "-q", "-m", "submodule");
      git = stack.use(await startGitServer(root)).url;
      const server = createServer((request, response) => {
        if (request.url === "/circle") return void response.writeHead(302, { location: "/circle" }).end();
        if (request.url === "/file") return void response.writeHead(302, { location: `file://${outside}/known` }).end();
        response.writeHead(200);
        isStreaming = true;
        response.on("close", () => {
          isStreaming = false;
        });
        const more = () => {
          if (!isStreaming) return;
          sentBytes += zeros.length;
          response.write(zeros, () => setImmediate(more));
        };
        more();
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      stack.defer(() => {
        server.closeAllConnections();
        server.close();
      });
      web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => stack.disposeAsync());

    it.each([
      ["a folder of a repository that is a link", "ADD GIT/linking.git#main:link /x", missing],
      ["a submodule by file://", "ADD GIT/above.git#main /x", "file"],
      [
        "a reference that is a flag",
        "ADD GIT/linking.git#--upload-pack=touch%20OUTSIDE/planted: /x",
        "invalid git reference",
      ],
      ["a URL that leads in a circle", "ADD WEB/circle /x", "redirects"],
      ["a URL that leads to a file", "ADD WEB/file /x", "redirected to file:"],
    ])("are refused %s", async (_, lines, problem) => {
      const { exitCode, stderr } = await build(lines.replace("GIT", git).replace("WEB", web));

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(problem) });
      await isUntouched();
    });

    it("are refused a file of the host through a link of a repository that is the context", async () => {
      const { exitCode, stderr } = await suite.tdock(["build", `${git}/linking.git#main`]);

      expect(exitCode).toBe(1);
      expect(stderr).toContain(missing);
      expect(stderr).not.toContain(secret);
    });

    it("are downloaded in little memory, and not on when the client has gone", async () => {
      const resident = async () =>
        Number(/RssAnon:\s+(\d+)/.exec(await readFile(`/proc/${suite.tdockd.pid}/status`, "utf8"))?.[1]) * 1024;
      const before = await resident();
      const leaving = new AbortController();
      const folder = await contextOf(`ADD ${web}/endless /x`);
      const client = suite.tdock(["build", folder], { signal: leaving.signal }).catch(() => undefined);
      await eventually(() => expect(sentBytes).toBeGreaterThan(100 * megabyte), 60_000);
      const grown = (await resident()) - before;

      leaving.abort();
      await client;

      expect(grown).toBeLessThan(64 * megabyte);
      await eventually(() => expect(isStreaming).toBe(false), 10_000);
      const scratch = join(suite.tdockd.layout.dataRoot, "build/scratch");
      await eventually(async () => expect(await readdir(scratch)).toEqual([]), 10_000);
    });
  });

  describe("whose Dockerfile is none", () => {
    it.each([
      ["is empty", Buffer.alloc(0), "cannot be empty"],
      ["is only comments", Buffer.from("# nothing\n\n"), "no instructions"],
      ["is binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0xff, 0xfe]), "not a text file"],
      ["is huge", Buffer.alloc(100 * megabyte, "RUN x\n"), "more than"],
      ["stands on itself", Buffer.from("FROM x AS a\nCOPY --from=a / /\n"), "circular dependency"],
      ["names a frontend", Buffer.from("# syntax=evil/x\nFROM scratch\n"), "the frontend evil/x is not run"],
      ["has a here-document without an end", Buffer.from("FROM scratch\nCOPY <<EOF /x\n"), "unterminated heredoc"],
      ["doubles a variable", Buffer.from(`FROM scratch\nENV A=12345678\n${"ENV A=$A$A\n".repeat(64)}`), "longer than"],
    ])("are refused when it %s", async (_, text, problem) => {
      const folder = await buildContext(suite, { f: "" });
      await writeFile(
        join(folder, "Dockerfile"),
        text.toString("latin1").replace("FROM x", `FROM ${suite.busybox}`),
        "latin1",
      );

      const { exitCode, stderr } = await suite.tdock(["build", folder]);

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(problem) });
    });

    it("end where triggers would go on for ever", async () => {
      const chained = await build("ONBUILD ONBUILD RUN true");
      const folder = await buildContext(suite, {});
      await writeFile(
        join(folder, "Dockerfile"),
        `FROM ${suite.busybox} AS a\nONBUILD COPY --from=b / /x\nFROM a AS b\n`,
      );
      const circular = await suite.tdock(["build", folder]);

      expect(chained.stderr).toContain("Chaining ONBUILD");
      expect([chained.exitCode, circular.exitCode]).toEqual([1, 1]);
      expect(circular.stderr).toContain("circular dependency");
    });
  });
});
