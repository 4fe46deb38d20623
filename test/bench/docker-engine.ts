import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../harness/eventually.ts";
import { unmountBelow } from "../harness/instance/mounts.ts";
import { killAll, processesWith, programOf } from "../harness/instance/processes.ts";
import { mustRun, runProgram } from "../harness/program.ts";
import { scratchFolder, shortName } from "../harness/scratch.ts";
import type { BenchEngine } from "./engine.ts";
import { guardFirewall } from "./firewall-guard.ts";
import { makeVolatileFolder } from "./volatile-folder.ts";

/** Of the same package as dockerd; another docker may come before it on PATH. */
const dockerCommand = "/usr/bin/docker";

/** Debian's dockerd with folders, socket and bridge of its own. Nothing where docker.io is not installed. */
export async function startDockerEngine(): Promise<BenchEngine | undefined> {
  if ((await runProgram("which", ["dockerd"])).exitCode !== 0) return undefined;
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await scratchFolder("dockerd"));
  stack.defer(() => unmountBelow(path));
  const bridge = `tdkd${shortName()}`;
  stack.use(await guardFirewall(bridge));
  await mustRun("ip", ["link", "add", bridge, "type", "bridge"]);
  stack.defer(async () => void (await runProgram("ip", ["link", "delete", bridge])));
  await mustRun("ip", ["address", "add", "10.240.7.1/24", "dev", bridge]);
  await mustRun("ip", ["link", "set", bridge, "up"]);
  stack.defer(async () => killAll((await processesWith(`${path}/`)).map(({ pid }) => pid)));
  const env = { DOCKER_HOST: `unix://${path}/docker.sock`, HOME: path };
  await makeVolatileFolder(join(path, "run"));
  await launch(path, bridge);
  await eventually(() => mustRun(dockerCommand, ["version"], { env }), 60_000);
  const owned = stack.move();
  return {
    name: "docker",
    version: (await mustRun(dockerCommand, ["version", "--format", "docker {{.Server.Version}}"], { env })).trim(),
    command: [dockerCommand],
    env,
    serverPids: async () => {
      const all = await processesWith(`${path}/`);
      return all.filter((process) => ["dockerd", "containerd"].includes(programOf(process))).map(({ pid }) => pid);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function launch(path: string, bridge: string): Promise<void> {
  await using log = await open(join(path, "dockerd.log"), "w");
  const folders = [`--data-root=${path}/data`, `--exec-root=${path}/run`, `--pidfile=${path}/pid`];
  spawn("dockerd", [...folders, `--host=unix://${path}/docker.sock`, `--bridge=${bridge}`], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  }).unref();
}
