import { writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDockerEngine } from "../bench/docker-engine.ts";
import { debianImage } from "../harness/images/debian.ts";
import { mustRun, runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

const folderOf = (name: string) => new URL(`real-builds/${name}`, import.meta.url).pathname;

/** What each image prints with its own command, and with one for those whose own does not end. */
const images = {
  "node-app": { command: [], prints: "2 days &gt; 86400000 ms" },
  "c-program": { command: [], prints: "hello world" },
  "debian-package": { command: [], prints: "good day\ngreet\t1.2-3" },
  "static-site": {
    command: ["cat", "/www/index.html"],
    prints: "<!doctype html><title>site</title><p>Hello from 2026</p>",
  },
} as const;
type Name = keyof typeof images;

systemSuite(
  "real Dockerfiles",
  (suite) => {
    const build = async (name: Name, base: string, ...flags: string[]) => {
      const args = ["build", "--progress=plain", "-t", suite.image(name), "--push", `--build-arg=BASE=${base}`];
      const built = await suite.tdock([...args, ...flags, folderOf(name)], { timeoutMs: 240_000 });
      expect(built.stderr).toContain("export image");
      expect(built.exitCode).toBe(0);
    };
    const debian = () => suite.image("debian");

    afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

    it("builds a C program in two stages, the second with nothing else", async () => {
      await build("c-program", debian());

      expect(await suite.mustTdock(["run", "--rm", suite.image("c-program"), "you"])).toBe("hello you");
    }, 300_000);

    it("builds a Debian package and installs it", async () => {
      await build("debian-package", debian());

      expect(await suite.mustTdock(["run", "--rm", suite.image("debian-package")])).toBe(
        images["debian-package"].prints,
      );
    }, 300_000);

    it("builds a Node application from the npm registry, whose address and login stay out of the image", async () => {
      const registry = (await mustRun("npm", ["config", "get", "registry"])).trim();
      const npmrc = join(suite.tdockd.layout.root, "npmrc");
      const own = (await runProgram("cat", [join(homedir(), ".npmrc")])).stdout;
      await writeFile(npmrc, `${own}\nregistry=${registry}\n`);
      const npm = join(dirname(await mustRun("readlink", ["-f", (await mustRun("which", ["npm"])).trim()])), "..");
      const certificates = process.env.NODE_EXTRA_CA_CERTS ?? "/etc/ssl/certs/ca-certificates.crt";

      await build(
        "node-app",
        debian(),
        `--build-context=node-program=${dirname(process.execPath)}`,
        `--build-context=npm=${npm}`,
        `--secret=id=npmrc,src=${npmrc}`,
        `--secret=id=ca,src=${certificates}`,
      );

      const name = suite.image("node-app");
      expect(await suite.mustTdock(["run", "--rm", name])).toBe(images["node-app"].prints);
      const history = await suite.mustTdock(["history", "--no-trunc", name]);
      expect(history).not.toContain(new URL(registry).host);
      const search = ["grep", "-rl", new URL(registry).host, "/app", "/etc", "/root"];
      expect(await suite.tdock(["run", "--rm", "-u", "0", name, ...search])).toMatchObject({ stdout: "" });
    }, 300_000);

    it("builds a static site, which is served", async () => {
      await build("static-site", suite.busybox);

      const id = await suite.mustTdock(["run", "-d", "-p", "127.0.0.1::8080", "--wait", suite.image("static-site")]);
      const [, port] = /:(\d+)$/m.exec(await suite.mustTdock(["port", id, "8080"])) ?? [];
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      await suite.mustTdock(["rm", "-f", id]);

      expect((await answer.text()).trim()).toBe(images["static-site"].prints);
    });

    describe.each([
      ["docker", startDocker],
      ["podman", startPodman],
    ] as const)("under %s", (_, start) => {
      let engine: Awaited<ReturnType<typeof start>>;
      beforeAll(async () => {
        engine = await start();
      }, 90_000);
      afterAll(async () => engine?.[Symbol.asyncDispose](), 90_000);

      it.each(Object.keys(images) as Name[])(
        "runs %s as the registry has it",
        async (name) => {
          if (engine === undefined) throw new Error("this engine is not installed");
          const { command, env, flags } = engine;
          const run = ["run", "--rm", "--network=none", ...flags, suite.image(name), ...images[name].command];
          const [file = "", ...args] = [...command, ...run];

          const printed = await mustRun(file, args, { env, timeoutMs: 120_000 });

          expect(printed.trim()).toBe(images[name].prints);
        },
        180_000,
      );
    });
  },
  { images: async () => ({ debian: await debianImage() }) },
);

/** Another engine: its command line, and the flags of `run` that it needs here. */
interface OtherEngine extends AsyncDisposable {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
}

async function startDocker(): Promise<OtherEngine | undefined> {
  const engine = await startDockerEngine();
  return engine && { ...engine, flags: [], [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}

/** With mounts of its own: podman locks a file among the host's settings. Its limits may be too high here. */
async function startPodman(): Promise<OtherEngine> {
  const folder = await scratchFolder("podman");
  const hide = 'mount -t tmpfs none /etc/cni/net.d && exec "$@"';
  const podman = [
    "podman",
    `--root=${folder.path}/data`,
    `--runroot=${folder.path}/run`,
    `--tmpdir=${folder.path}/tmp`,
  ];
  const command = ["unshare", "--mount", "sh", "-c", hide, "sh", ...podman];
  const [file = "", ...args] = command;
  return {
    command,
    env: {},
    flags: ["--tls-verify=false", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"],
    async [Symbol.asyncDispose]() {
      await runProgram(file, [...args, "system", "reset", "--force"], { timeoutMs: 120_000 });
      await folder[Symbol.asyncDispose]();
    },
  };
}
