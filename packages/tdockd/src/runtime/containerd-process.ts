import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type Containerd, connectContainerd } from "@tdock/containerd/connect";
import { isError, TdockError } from "@tdock/errors/error";
import type { Config } from "../config.ts";
import { writeFileAtomic } from "../host/atomic-file.ts";
import { capLog } from "./capped-log.ts";
import { type ContainerdPaths, containerdConfig, containerdPaths } from "./containerd-config.ts";
import { type DetachedProgram, requireCommands, runtimeCommands, startOrAdopt } from "./detached-process.ts";
import { type ProgramLog, revive } from "./revive.ts";

type Settings = Pick<Config, "dataRoot" | "execRoot" | "containerdAddress" | "namespace">;

/**
 * A client of this tdockd's containerd: the one that `--containerd` names, which must answer, or one of its own, which
 * is adopted when it runs, else started, and started again whenever it dies until the client is disposed. Disposing of
 * the client leaves containerd running. Throws `not-found` when containerd is not installed, `unavailable` with its own
 * words when it does not start.
 */
export async function runContainerd(settings: Settings, log: ProgramLog): Promise<Containerd> {
  const { containerdAddress: address, namespace } = settings;
  const containerd = address === undefined ? await runOwn(settings, log) : connectContainerd({ address, namespace });
  try {
    await containerd.namespaces.ensure(namespace);
    return containerd;
  } catch (error) {
    await containerd[Symbol.asyncDispose]();
    if (!isError(error, "unavailable")) throw error;
    throw new TdockError("unavailable", `no containerd answers at ${containerd.address}`, { cause: error });
  }
}

async function runOwn(settings: Settings, log: ProgramLog): Promise<Containerd> {
  const paths = containerdPaths(settings);
  const program = containerdProgram(paths);
  await prepare(paths);
  const cap = await capLog(paths.log, (err) => log.warn({ err }, "containerd's log cannot be cut"));
  log.info({ socket: paths.socket }, `containerd ${await startOrAdopt(program)}`);

  const closing = new AbortController();
  let restarting: Promise<void> | undefined;
  const containerd = connectContainerd({
    address: paths.socket,
    namespace: settings.namespace,
    onLost: () => {
      const { signal } = closing;
      // Called once it serves, so that the client is connected and notices the next loss.
      const check = () => containerd.version({ signal });
      restarting ??= revive(program, { log, signal, check }).finally(() => {
        restarting = undefined;
      });
    },
  });
  return {
    ...containerd,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await restarting;
      cap[Symbol.dispose]();
      await containerd[Symbol.asyncDispose]();
    },
  };
}

async function prepare(paths: ContainerdPaths): Promise<void> {
  // What containerd starts in its turn it would miss only when a container is to run.
  requireCommands(["containerd", ...runtimeCommands]);
  for (const folder of [dirname(paths.configFile), paths.root, paths.state]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  await writeFileAtomic(paths.configFile, containerdConfig(paths));
}

function containerdProgram({ socket, configFile, log }: ContainerdPaths): DetachedProgram {
  return {
    name: "containerd",
    command: "containerd",
    args: ["--config", configFile],
    socketPath: socket,
    logPath: log,
    patienceMs: 30_000,
  };
}
