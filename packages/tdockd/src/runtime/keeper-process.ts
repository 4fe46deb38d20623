import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { connectKeeper, type Keeper } from "@tdock/keeper/client";
import type { Config } from "../config.ts";
import { libc } from "../host/libc.ts";
import { type DetachedProgram, startOrAdopt } from "./detached-process.ts";

/** What is told of a keeper that comes and goes. */
export interface KeeperLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const F_SETPIPE_SZ = 1031;
/** The most that needs no privilege (pipe(7)): fewer turns between a container that prints a lot, its shim and the keeper. */
const fifoBytes = 1 << 20;

/** Found as a package, so that sources and the bundle, which lie at different depths, find the same. */
const launcher = join(dirname(createRequire(import.meta.url).resolve("@tdock/keeper/client")), "../bin/tdock-keeper");

/**
 * The keeper of this exec root: adopted when it runs, else started; started again whenever it dies, until the client
 * is disposed (which leaves it running). Throws as `startOrAdopt` does.
 */
export async function runKeeper(config: Pick<Config, "execRoot">, log: KeeperLog): Promise<Keeper> {
  const program = keeperProgram(config.execRoot);
  log.info({ socket: program.socketPath }, `tdock-keeper ${await startOrAdopt(program)}`);
  return connectKeeper({
    socketPath: program.socketPath,
    onLost: () => void restart(program, log),
    widen: (fd) => void libc.fcntl(fd, F_SETPIPE_SZ, fifoBytes),
  });
}

async function restart(program: DetachedProgram, log: KeeperLog): Promise<void> {
  try {
    log.error({ socket: program.socketPath }, `tdock-keeper was lost, ${await startOrAdopt(program)} another`);
  } catch (error) {
    log.error({ err: error }, "tdock-keeper was lost and cannot be started");
  }
}

function keeperProgram(execRoot: string): DetachedProgram {
  return {
    name: "tdock-keeper",
    command: launcher,
    args: ["--exec-root", execRoot],
    socketPath: join(execRoot, "keeper.sock"),
    logPath: join(execRoot, "keeper.log"),
  };
}
