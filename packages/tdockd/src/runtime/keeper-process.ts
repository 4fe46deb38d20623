import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { connectKeeper, type Keeper } from "@tdock/keeper/client";
import type { Config } from "../config.ts";
import { libc } from "../host/libc.ts";
import { type DetachedProgram, startOrAdopt } from "./detached-process.ts";
import { type ProgramLog, revive } from "./revive.ts";

const F_SETPIPE_SZ = 1031;
/** The most that needs no privilege (pipe(7)): fewer turns between a container that prints a lot, its shim and the keeper. */
const fifoBytes = 1 << 20;

/** Found as a package, so that sources and the bundle, which lie at different depths, find the same. */
const launcher = join(dirname(createRequire(import.meta.url).resolve("@tdock/keeper/client")), "../bin/tdock-keeper");

/**
 * The keeper of this exec root: adopted when it runs, else started; started again whenever it dies, until the client
 * is disposed (which leaves it running). Throws as `startOrAdopt` does.
 */
export async function runKeeper(config: Pick<Config, "execRoot">, log: ProgramLog): Promise<Keeper> {
  const program = keeperProgram(config.execRoot);
  log.info({ socket: program.socketPath }, `tdock-keeper ${await startOrAdopt(program)}`);
  const closing = new AbortController();
  let restarting: Promise<void> | undefined;
  const keeper = connectKeeper({
    socketPath: program.socketPath,
    onLost: () => {
      // Called once it serves: one that was just dying may have answered, and must not be waited for.
      const check = async () => {
        await using impatient = connectKeeper({ socketPath: program.socketPath, patienceMs: 0 });
        await impatient.list();
        await keeper.list();
      };
      restarting ??= revive(program, { log, signal: closing.signal, check }).finally(() => {
        restarting = undefined;
      });
    },
    widen: (fd) => void libc.fcntl(fd, F_SETPIPE_SZ, fifoBytes),
  });
  return {
    ...keeper,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await keeper[Symbol.asyncDispose]();
      await restarting;
    },
  };
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
