import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { pushImage } from "../harness/images/push.ts";
import { mustRun, type ProgramOptions, runProgram } from "../harness/program.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

/** Of the package docker.io; another docker may come before it on PATH. */
const dockerCommand = "/usr/bin/docker";

systemSuite("Debian's docker command building with BuildKit's protocol", (suite) => {
  let number = 0;
  /** A context folder with these files; `BASE` in a Dockerfile is the suite's busybox. */
  const context = async (files: Readonly<Record<string, string>>) => {
    const folder = join(suite.tdockd.layout.root, `context-${++number}`);
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(folder, name, ".."), { recursive: true });
      await writeFile(join(folder, name), text.replaceAll("BASE", suite.busybox));
    }
    return folder;
  };
  const environment = () => ({ ...suite.tdockd.clientEnv, DOCKER_BUILDKIT: "1" });
  const docker = (args: readonly string[], options: ProgramOptions = {}) =>
    runProgram(dockerCommand, args, { ...options, env: { ...environment(), ...options.env } });
  const build = (...args: string[]) => docker(["build", "--progress=plain", ...args]);
  const run = (...args: string[]) => suite.mustTdock(["run", "--rm", ...args]);

  afterAll(async () => {
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);
  });

  it("builds stages side by side, with arguments, a target, labels and tags, and shows each step", async () => {
    const folder = await context({
      Dockerfile: `ARG GREETING
FROM BASE AS make
ARG GREETING
RUN echo "saying $GREETING"; echo $GREETING > /made
FROM BASE AS unused
RUN exit 1
FROM BASE AS wanted
COPY --from=make /made /made
FROM wanted
RUN exit 1
`,
    });

    const { exitCode, stderr } = await build(
      ...["-t", "one:1", "-t", "two", "--build-arg", "GREETING=hi", "--label", "l=v", "--target=wanted", folder],
    );

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/#\d+ \[make 2\/2\] RUN echo "saying/);
    expect(stderr).toMatch(/#\d+ \d+\.\d+ saying hi\n/);
    expect(stderr).toMatch(/#\d+ \[wanted 2\/2\] COPY --from=make \/made \/made\n#\d+ sha256:[0-9a-f]{64}\n#\d+ DONE/);
    expect(stderr).not.toContain("unused");
    expect(await run("one:1", "cat", "/made")).toBe("hi");
    const [image] = JSON.parse(await suite.mustTdock(["image", "inspect", "two"]));
    expect(image).toMatchObject({ Config: { Labels: { l: "v" } }, RepoTags: expect.arrayContaining(["one:1"]) });
  });

  it("sends the context without what is ignored, links, modes and empty folders included", async () => {
    const folder = await context({
      "docker/Dockerfile": "FROM BASE\nCOPY . /c\n",
      "docker/Dockerfile.dockerignore": "*.log\n!keep.log\ndocker\n",
      ".dockerignore": "*",
      "a.log": "",
      "keep.log": "",
      "deep/run.sh": "#!/bin/sh\n",
      "Ä ö.txt": "umlauts",
    });
    await runProgram("sh", ["-c", "chmod 751 deep/run.sh; ln -s deep/run.sh link; mkdir empty"], { cwd: folder });

    const { exitCode } = await build("-t", "context", "-f", join(folder, "docker/Dockerfile"), folder);

    expect(exitCode).toBe(0);
    expect(await run("context", "sh", "-c", "cd /c && find . ! -name . | sort && stat -c '%a %u' deep/run.sh")).toBe(
      ["./.dockerignore", "./deep", "./deep/run.sh", "./empty", "./keep.log", "./link", "./Ä ö.txt", "751 0"].join(
        "\n",
      ),
    );
    expect(await run("context", "readlink", "/c/link")).toBe("deep/run.sh");
  });

  it("takes what is cached, is sent only what changed, and says why a step is not cached", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nCOPY src /src\nRUN echo ran\n", "src/a": "a" });
    await writeFile(join(folder, "src/big"), Buffer.alloc(3_000_000, "x"));
    await utimes(join(folder, "src/big"), 1.7e9, 1.7e9); // what changed just now may change again, and is sent again
    const first = await build("--iidfile", join(folder, "../id-1"), folder);
    const again = await build("--iidfile", join(folder, "../id-2"), folder);
    await writeFile(join(folder, "src/a"), "changed");
    const changed = await build(folder);
    const forced = await build("--no-cache", folder);

    expect([first, again, changed, forced].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(first.stderr).toMatch(/transferring context: 3\.\d+MB/);
    expect(again.stderr.match(/CACHED/g)).toHaveLength(2);
    expect(await readFile(join(folder, "../id-1"), "utf8")).toBe(await readFile(join(folder, "../id-2"), "utf8"));
    expect(changed.stderr).not.toMatch(/transferring context: [\d.]+[kM]B/);
    expect(changed.stderr).toContain("Not cached: src/a changed");
    expect(forced.stderr).not.toContain("CACHED");
  });

  it("finds what tdock build has made", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nCOPY f /\nRUN echo shared\n", f: "file" });
    await suite.mustTdock(["build", "-q", folder]);

    const { stderr } = await build(folder);

    expect(stderr.match(/CACHED/g)).toHaveLength(2);
  });

  it("is what the command takes by default, and the classic builder what it takes when told so", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN echo either way\n" });

    const byDefault = await docker(["build", folder], { env: { DOCKER_BUILDKIT: "" } });
    const classic = await docker(["build", folder], { env: { DOCKER_BUILDKIT: "0" } });

    expect([byDefault.exitCode, classic.exitCode]).toEqual([0, 0]);
    expect(byDefault.stderr).toContain("#1 [internal] load build definition from Dockerfile\n");
    expect(classic.stdout).toContain("Step 2/2 : RUN echo either way\n ---> Using cache\n");
  });

  it("prints the image's ID alone with -q", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN echo quiet\n" });

    const { stdout, stderr } = await docker(["build", "-q", folder]);

    expect(stdout).toMatch(/^sha256:[0-9a-f]{64}\n$/);
    expect(stderr).toBe("");
  });

  it("builds from a Dockerfile and from an archive on standard input, and from a Dockerfile elsewhere", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nCOPY f /f\n", f: "in the archive" });
    const elsewhere = join(suite.tdockd.layout.root, "Elsewhere");
    await writeFile(elsewhere, `FROM ${suite.busybox}\nCOPY f /elsewhere\n`);
    const archive = join(folder, "../context.tar");
    await runProgram("tar", ["-cf", archive, "-C", folder, "."]);

    const text = await docker(["build", "-t", "text", "-"], { stdin: `FROM ${suite.busybox}\nRUN echo text > /f\n` });
    const tar = await docker(["build", "-t", "tar", "-"], { stdin: await readFile(archive) });
    const other = await build("-t", "other", "-f", elsewhere, folder);

    expect([text, tar, other].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(await run("text", "cat", "/f")).toBe("text");
    expect(await run("tar", "cat", "/f")).toBe("in the archive");
    expect(await run("other", "cat", "/elsewhere")).toBe("in the archive");
  });

  it("writes what was built to the client's folder, or sends it as an archive", async () => {
    const folder = await context({
      Dockerfile: `FROM BASE AS make
RUN mkdir -p /out/deep /out/-d && echo text > /out/deep/f && chmod 4751 /out/deep/f && ln -s deep/f /out/link
RUN dd if=/dev/zero of=/out/big bs=1M count=5 && echo e > /out/é && echo a > /out/deep.txt
FROM scratch
COPY --from=make /out /
`,
    });
    const images = await suite.mustTdock(["images", "-aq"]);

    const local = await build("-o", join(folder, "out"), folder);
    const archive = await build("-o", `type=tar,dest=${join(folder, "out.tar")}`, folder);
    const refused = await build("-o", "type=nosuch,dest=x", folder);

    expect([local, archive, refused].map(({ exitCode }) => exitCode)).toEqual([0, 0, 1]);
    const list = "find . ! -name . -printf '%P %y %m %s %l\\n' | sort";
    const listed = await mustRun("sh", ["-c", list], { cwd: join(folder, "out") });
    expect(listed).toContain("big f 644 5242880 \n");
    expect(listed).toContain("deep/f f 4751 5 \n");
    expect(listed).toContain("link l 777 6 deep/f\n");
    await mustRun("sh", ["-c", "mkdir unpacked && tar -xf out.tar -C unpacked"], { cwd: folder });
    expect(await mustRun("sh", ["-c", list], { cwd: join(folder, "unpacked") })).toBe(listed);
    expect(await readFile(join(folder, "out/deep/f"), "utf8")).toBe("text\n");
    expect(await suite.mustTdock(["images", "-aq"])).toBe(images);
  });

  it("names an image as its output says, and makes none where it would have to go elsewhere", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nLABEL for=outputs\n" });

    const loaded = await build("-t", "out:1", "-o", "type=docker,name=out:2", folder);
    const refused = [
      await build("-o", "type=docker,dest=out.tar", folder),
      await build("-o", "type=oci", folder),
      await build("-o", `type=image,name=${suite.image("out")},push=true`, folder),
    ];

    expect(loaded.exitCode).toBe(0);
    const [image] = JSON.parse(await suite.mustTdock(["image", "inspect", "out:2"]));
    expect(image.RepoTags.sort()).toEqual(["out:1", "out:2"]);
    expect(refused.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
    const problems = [/dest=out.tar is not offered/, /takes no files/, /pushed with a request of its own/];
    for (const [index, problem] of problems.entries()) expect(refused[index]?.stderr).toMatch(problem);
  });

  it("takes results from an image that carries its cache", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN head -c 16 /dev/urandom | base64 > /random\n" });
    const name = suite.image("with-cache");
    await build("-t", name, "--build-arg", "BUILDKIT_INLINE_CACHE=1", folder);
    await docker(["push", name]);
    const random = await run(name, "cat", "/random");
    await suite.mustTdock(["rmi", "-f", name]);
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);

    const { exitCode, stderr } = await build("-t", "from-cache", "--cache-from", name, folder);

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/RUN head.*\n#\d+ sha256.*\n#\d+ CACHED/);
    expect(await run("from-cache", "cat", "/random")).toBe(random);
  });

  it("gives a step its secret, and no other step, layer or message", async () => {
    const secret = "s3cret-of-the-client";
    const folder = await context({
      Dockerfile: `# syntax=docker/dockerfile:1
FROM BASE
RUN --mount=type=secret,id=token,required=true wc -c < /run/secrets/token > /size && cat /run/secrets/token | tr a-z A-Z
RUN test ! -s /run/secrets/token
`,
      token: secret,
      ".dockerignore": "token",
    });

    const { exitCode, stderr } = await build("-t", "secret", "--secret", `id=token,src=${folder}/token`, folder);
    const without = await build("--no-cache", folder);

    expect(exitCode).toBe(0);
    expect(stderr).toContain("S3CRET-OF-THE-CLIENT");
    expect(stderr).not.toContain(secret);
    expect(await run("secret", "cat", "/size")).toBe(`${secret.length}`);
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toContain("secret token: not found");
  });

  it("forwards the client's agent", async () => {
    const folder = await context({
      Dockerfile: `FROM BASE
COPY . /ssh
RUN --mount=type=ssh cd /ssh && ./ld*.so* --library-path . ./ssh-add -L > /keys && test -S /run/buildkit/ssh_agent.0
RUN test ! -e /run/buildkit/ssh_agent.0
`,
    });
    await mustRun("sh", ["-c", "ldd $(which ssh-add) | grep -o '/[^ ]*' | xargs cp -Lt . $(which ssh-add)"], {
      cwd: folder,
    });
    await using agent = await startAgent(join(suite.tdockd.layout.root, "agent"));

    const { exitCode, stderr } = await build("-t", "agent", "--ssh", `default=${agent.socket}`, folder);
    const without = await build("--no-cache", folder);

    expect(stderr).toContain("DONE");
    expect(exitCode).toBe(0);
    expect(await run("agent", "cat", "/keys")).toBe(agent.publicKey);
    expect(without.exitCode).not.toBe(0);
  });

  it("logs in to a base image's registry as the client does", async () => {
    await using registry = await startRegistry({ auth: "basic" });
    const { username, password } = registry.credentials;
    const authorization = `Basic ${btoa(`${username}:${password}`)}`;
    await pushImage({ url: registry.url, authorization }, "private/base", await busyboxImage());
    const folder = await context({ Dockerfile: `FROM ${registry.host}/private/base\nRUN true\n`, "config/none": "" });
    const config = (auths: object) => writeFile(join(folder, "config/config.json"), JSON.stringify({ auths }));
    const options = { env: { DOCKER_CONFIG: join(folder, "config") } };

    await config({});
    const anonymous = await docker(["build", folder], options);
    await config({ [registry.host]: { auth: btoa(`${username}:${password}`) } });
    const known = await docker(["build", folder], options);

    expect(anonymous.exitCode).toBe(1);
    expect(anonymous.stderr).toMatch(/unauthorized|authentication required/i);
    expect(known.exitCode).toBe(0);
    expect(known.stderr + (await suite.tdockd.log())).not.toContain(password);
  });

  it("shows what a failed step printed, and exits as the step did", async () => {
    const folder = await context({ Dockerfile: "FROM BASE\nRUN echo before the end; exit 7\n" });

    const { exitCode, stderr } = await build(folder);

    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/#\d+ \d+\.\d+ before the end\n/);
    expect(stderr).toMatch(/#\d+ ERROR: .*7\n/);
    expect(stderr).toMatch(/------\n > \[2\/2\] RUN echo before the end; exit 7:\n/);
  });

  it.each([
    ["an unknown instruction", { Dockerfile: "FROM BASE\nRUNN true\n" }, "RUNN"],
    ["no Dockerfile", { other: "" }, "Cannot locate specified Dockerfile: Dockerfile"],
    ["a file that the context lacks", { Dockerfile: "FROM BASE\nCOPY nothing /\n" }, "nothing"],
  ])("says what is wrong with %s", async (_, files, problem) => {
    const { exitCode, stderr } = await build(await context(files));

    expect(exitCode).toBe(1);
    expect(stderr).toContain(problem);
  });

  it.each([
    ["interrupted", "SIGINT", "4321"],
    ["killed", "SIGKILL", "4323"],
  ] as const)("ends the build when the client is %s", async (_, signal, seconds) => {
    const folder = await context({ Dockerfile: `FROM BASE\nRUN echo begun; sleep ${seconds}\n` });
    const client = spawn(dockerCommand, ["build", "--progress=plain", folder], {
      env: { ...process.env, ...environment() },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let shown = "";
    client.stderr.setEncoding("utf8").on("data", (text) => {
      shown += text;
    });
    await eventually(() => expect(shown).toMatch(/\d begun\n/));

    client.kill(signal);
    const [exitCode] = await once(client, "exit");

    expect(exitCode).not.toBe(0);
    await eventually(async () => {
      const { stdout } = await runProgram("pgrep", ["-f", `sleep ${seconds}`]);
      expect(stdout).toBe("");
    });
  });
});

/** An ssh-agent with one key. */
async function startAgent(folder: string): Promise<AsyncDisposable & { socket: string; publicKey: string }> {
  await mkdir(folder);
  const [key, socket] = [join(folder, "key"), join(folder, "socket")];
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  const ended = once(agent, "exit");
  await mustRun("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "of-the-client", "-f", key]);
  await eventually(() => mustRun("ssh-add", ["-q", key], { env: { SSH_AUTH_SOCK: socket } }));
  return {
    socket,
    publicKey: (await readFile(`${key}.pub`, "utf8")).trimEnd(),
    async [Symbol.asyncDispose]() {
      agent.kill();
      await ended;
    },
  };
}
