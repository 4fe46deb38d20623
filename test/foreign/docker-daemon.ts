import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../harness/eventually.ts";
import { unmountBelow } from "../harness/instance/mounts.ts";
import { killAll, processesWith } from "../harness/instance/processes.ts";
import { mustRun } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import type { ForeignEngine } from "./foreign-engine.ts";

/** A dockerd, and what points Docker's command at it. */
export interface DockerDaemon extends ForeignEngine {
  readonly env: Readonly<Record<string, string>>;
}

/** Debian's dockerd with folders and a socket of its own; without networks, so that it touches no firewall. */
export async function startDockerDaemon(): Promise<DockerDaemon> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await scratchFolder("dockerd"));
  stack.defer(() => unmountBelow(path));
  stack.defer(async () => killAll((await processesWith(`${path}/`)).map(({ pid }) => pid)));
  await using log = await open(join(path, "dockerd.log"), "w");
  const folders = [`--data-root=${path}/data`, `--exec-root=${path}/run`, `--pidfile=${path}/pid`];
  const flags = [...folders, `--host=unix://${path}/docker.sock`, "--bridge=none", "--iptables=false"];
  spawn("dockerd", flags, { detached: true, stdio: ["ignore", log.fd, log.fd] }).unref();
  const env = { DOCKER_HOST: `unix://${path}/docker.sock`, HOME: path };
  // Of the same package as dockerd; another docker may come before it on PATH.
  const run = (args: readonly string[]) => mustRun("/usr/bin/docker", args, { env });
  await eventually(() => run(["version"]), 30_000);
  const owned = stack.move();
  return { run, env, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
