import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { eventually } from "../harness/eventually.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { hostProgramEntries } from "../harness/images/host-program.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { mustRun } from "../harness/program.ts";
import { type Suite, systemSuite } from "../harness/suite.ts";

const sshAdd = async () => [...(await busyboxEntries()), ...(await hostProgramEntries("/usr/bin/ssh-add"))];

systemSuite(
  "what a build reads at its client",
  (suite) => {
    const build = (folder: string, ...flags: string[]) => suite.tdock(["build", "--progress=plain", ...flags, folder]);
    const run = (...args: string[]) => suite.mustTdock(["run", "--rm", ...args]);

    afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

    it("reads folders beside the context with --build-context", async () => {
      const beside = await buildContext(suite, { "sub/f": "beside\n", hidden: "x", ".dockerignore": "hidden\n" });
      const folder = await buildContext(suite, {
        Dockerfile: `FROM BASE
COPY --from=beside sub/f /copied
RUN --mount=from=beside,target=/m cat /m/sub/f > /mounted
COPY --from=beside . /all
`,
      });

      const first = await build(folder, "-t", "beside", "--build-context", `beside=${beside}`);
      const again = await build(folder, "--build-context", `beside=${beside}`);
      const printed = await run("beside", "sh", "-c", "cat /copied /mounted; ls /all");
      await writeFile(join(beside, "sub/f"), "changed\n");
      await build(folder, "-t", "beside", "--build-context", `beside=${beside}`);

      expect(first.exitCode).toBe(0);
      expect(again.stderr.match(/CACHED/g)).toHaveLength(3);
      expect(printed).toBe("beside\nbeside\nsub");
      expect(await run("beside", "cat", "/copied")).toBe("changed");
      expect((await build(folder, "--build-context=beside=/no-such-folder")).stderr).toContain("no such folder");
    });

    it("takes a folder or an image for the name of a FROM", async () => {
      const root = await buildContext(suite, { "etc/release": "mine\n" });
      const folder = await buildContext(suite, {
        Dockerfile: "FROM base AS one\nFROM other\nCOPY --from=one /etc/release /\n",
      });

      const flags = [`--build-context=base=${root}`, `--build-context=other=docker-image://${suite.busybox}`];
      await build(folder, "-t", "named", ...flags);

      expect(await run("named", "cat", "/release")).toBe("mine");
    });

    it("takes an image of an OCI layout for a name, and leaves it nowhere", async () => {
      const made = await buildContext(suite, { Dockerfile: "FROM scratch\nCOPY f /from-layout\n", f: "laid out\n" });
      await build(made, "-t", "layout:one", "-o", `type=oci,dest=${made}/image.tar`);
      await suite.mustTdock(["rmi", "layout:one"]);
      await mustRun("sh", ["-c", "mkdir layout && tar -xf image.tar -C layout"], { cwd: made });
      const images = await suite.mustTdock(["images", "-aq", "--no-trunc"]);
      const folder = await buildContext(suite, { Dockerfile: "FROM BASE\nCOPY --from=other /from-layout /\n" });
      const other = (value: string) =>
        build(folder, "-t", "from-layout", `--build-context=other=oci-layout://${value}`);

      const { exitCode, stderr } = await other(`${made}/layout`);

      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(await run("from-layout", "cat", "/from-layout")).toBe("laid out");
      await suite.mustTdock(["rmi", "from-layout"]);
      expect(await suite.mustTdock(["images", "-aq", "--no-trunc"])).toBe(images);
      expect((await other(`${made}/layout:nope`)).stderr).toContain("no image nope in the layout");
      expect((await other(made)).stderr).toContain("is no OCI layout");
    });

    it("forwards an SSH agent to the steps that ask for it, and to no other", async () => {
      await using agent = await startAgent(suite);
      const folder = await buildContext(suite, {
        Dockerfile: `FROM ${suite.image("ssh-add")}
RUN --mount=type=ssh ssh-add -l > /keys && ssh-add -L > /public
RUN test -z "$SSH_AUTH_SOCK" && ! ssh-add -l
`,
      });

      const built = await suite.tdock(["build", "-t", "agent", "--ssh=default", folder], {
        env: { SSH_AUTH_SOCK: agent.path },
      });
      const other = await build(folder, "-t", "agent", "--no-cache", `--ssh=default=${agent.path}`);

      expect([built.exitCode, other.exitCode]).toEqual([0, 0]);
      expect(await run("agent", "cat", "/public")).toBe(agent.publicKey);
    });

    it("tells a step at once that its agent has gone", async () => {
      const path = join(suite.tdockd.layout.root, "gone");
      await mustRun("python3", ["-c", "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path]);
      const folder = await buildContext(suite, {
        Dockerfile: `FROM ${suite.image("ssh-add")}\nRUN --mount=type=ssh ssh-add -l 2>&1\n`,
      });

      const { exitCode, stderr } = await build(folder, `--ssh=default=${path}`);

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/[Ee]rror fetching identities/);
    });

    it("says that there is no agent, and that a key is none", async () => {
      const folder = await buildContext(suite, {
        Dockerfile: "FROM BASE\nRUN --mount=type=ssh,required echo\n",
        key: "-----BEGIN",
      });
      const without = (flag: string) => suite.tdock(["build", flag, folder], { env: { SSH_AUTH_SOCK: "" } });

      expect((await without("--ssh=default")).stderr).toContain("SSH_AUTH_SOCK is not set");
      expect((await without("--ssh=default=/no-such-socket")).stderr).toContain("no agent listens at /no-such-socket");
      expect((await without(`--ssh=default=${folder}/key`)).stderr).toContain("wanted the socket of an agent");
      expect((await build(folder)).stderr).toContain("ssh default: no agent or key");
    });
  },
  {
    images: async () => ({
      "ssh-add": await imageOf({ config: busyboxConfig, layers: [await layerOf(await sshAdd())] }),
    }),
  },
);

/** OpenSSH's agent with a key of its own. */
async function startAgent({ tdockd }: Suite): Promise<AsyncDisposable & { path: string; publicKey: string }> {
  const path = join(tdockd.layout.root, "agent");
  const key = join(tdockd.layout.root, "key");
  const child = spawn("ssh-agent", ["-D", "-a", path], { stdio: "ignore" });
  await mustRun("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", key]);
  await eventually(() => mustRun("ssh-add", ["-q", key], { env: { SSH_AUTH_SOCK: path } }));
  const publicKey = (await mustRun("ssh-add", ["-L"], { env: { SSH_AUTH_SOCK: path } })).trim();
  return {
    path,
    publicKey,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, "exit");
    },
  };
}
