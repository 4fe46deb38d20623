import { isError } from "@tdock/errors/error";
import type { OutputStream } from "@tdock/keeper/output-stream";
import type { AttachRequest } from "@tdock/keeper/protocol";
import type { Engine } from "../engine.ts";
import { elapsed } from "../host/timer.ts";
import { hurryCgroupMoves } from "../runtime/cgroup-moves.ts";
import { allOrNone } from "./all-or-none.ts";
import type { Container } from "./container.ts";
import { containerEvent } from "./event.ts";
import type { Exec } from "./exec.ts";
import { checkCanExec } from "./exec-create.ts";
import { execFailure } from "./exec-failure.ts";
import { execProcess } from "./exec-process.ts";
import { stdioPaths } from "./stdio.ts";

/** Events can get lost, but hardly ever do: most execs end without containerd being asked to tell when they do. */
const askAfterMs = 1000;

export type ExecEngine = Pick<
  Engine,
  "config" | "containerd" | "containers" | "events" | "execs" | "keeper" | "live" | "log" | "now" | "security"
>;

/** Opens an exec's FIFOs. Readers that are attached now miss nothing. */
export async function openExec(engine: ExecEngine, exec: Exec): Promise<void> {
  const { id: execId, containerId: id, config } = exec;
  await engine.keeper.open({
    id,
    execId,
    ...stdioPaths(engine.config, { id, execId, stdin: config.AttachStdin === true, tty: config.Tty === true }),
    log: { driver: "none", path: "", options: {} },
  });
}

/** The same, with a reader of all that the process is going to print. Nothing is left open when that fails. */
export async function openExecAttached(
  engine: ExecEngine,
  exec: Exec,
  wanted: Pick<AttachRequest, "stdout" | "stderr" | "raw">,
): Promise<OutputStream> {
  const key = { id: exec.containerId, execId: exec.id };
  // Whichever of the two comes first: nothing is printed yet.
  const attaching = engine.keeper.attach({ ...key, ...wanted });
  try {
    const [, output] = await allOrNone([openExec(engine, exec), attaching]);
    return output;
  } catch (thrown) {
    await attaching.then(
      (output) => output.destroy(),
      () => {},
    );
    await engine.keeper.forget({ ...key, drainMs: 0 }).catch(() => {});
    throw thrown;
  }
}

/**
 * Brings an exec to life once `opening` says that its FIFOs are open; its end is dealt with from here on. A command that cannot be run leaves the exec
 * exited with 126 or 127, and throws why; one that its container's end cut short, with 137 and `conflict`.
 */
export async function startExecProcess(
  engine: ExecEngine,
  container: Container,
  exec: Exec,
  opening: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  using _moves = hurryCgroupMoves();
  const key = { id: container.id, execId: exec.id };
  const { config } = exec;
  // It may end before its start is answered.
  void engine.execs.exits.expect(exec.id);
  let told: Promise<void>;
  try {
    const pid = await engine.execs.starts.run(container.id, () => startTaskProcess(engine, container, exec, opening));
    told = engine.keeper.started(key);
    told.catch(() => {});
    await engine.execs.setStatus(exec.id, { kind: "running", pid });
  } catch (thrown) {
    engine.execs.exits.forget(exec.id);
    const { error, exitCode } = execFailure(engine, container, thrown);
    await engine.execs.setStatus(exec.id, { kind: "exited", pid: 0, exitCode });
    await engine.containerd.tasks.deleteProcess(key.id, key.execId).catch(() => {});
    await opening.catch(() => {});
    await engine.keeper.forget({ ...key, drainMs: 0 });
    throw error;
  }
  containerEvent(engine, container, `exec_start: ${(config.Cmd ?? []).join(" ")}`, { execID: exec.id });
  followExec(engine, container, exec);
  await told;
}

/** Resolves to its process id. The container may have been paused, or have ended, while this waited. */
async function startTaskProcess(
  engine: ExecEngine,
  container: Container,
  exec: Exec,
  opening: Promise<unknown>,
): Promise<number> {
  checkCanExec(engine.containers.get(container.id));
  const key = { id: container.id, execId: exec.id };
  const terminal = exec.config.Tty === true;
  const stdio = stdioPaths(engine.config, { ...key, stdin: exec.config.AttachStdin === true, tty: terminal });
  const told = engine.containerd.tasks.exec({
    ...key,
    process: execProcess(engine, container, exec),
    stdin: stdio.stdinPath ?? "",
    stdout: stdio.stdoutPath,
    stderr: stdio.stderrPath ?? "",
    terminal,
  });
  await allOrNone([told, opening]);
  return engine.containerd.tasks.start(key);
}

/** Waits for an exec's end in the background. Also for those that an earlier tdockd started. */
export function followExec(engine: ExecEngine, container: Container, exec: Exec): void {
  awaitEnd(engine, container, exec).catch((err) => engine.log.error({ id: exec.id, err }, "an exec was not followed"));
}

async function awaitEnd(engine: ExecEngine, container: Container, exec: Exec): Promise<void> {
  const key = { id: container.id, execId: exec.id };
  const { exits } = engine.execs;
  const told = exits.expect(exec.id);
  const exitCode =
    (await Promise.race([told, elapsed(askAfterMs)])) ?? (await Promise.race([told, exitCodeOf(engine, key)]));
  exits.forget(exec.id);
  // Its record may have gone with its container.
  const status = engine.execs.find(exec.id)?.status;
  const pid = status !== undefined && "pid" in status ? status.pid : 0;
  await Promise.all([engine.keeper.forget(key), engine.execs.setStatus(exec.id, { kind: "exited", pid, exitCode })]);
  // It may have another name by now.
  const now = engine.containers.find(container.id) ?? container;
  containerEvent(engine, now, "exec_die", { execID: exec.id, exitCode: String(exitCode) });
  await engine.containerd.tasks.deleteProcess(key.id, key.execId).catch(() => {});
}

/** containerd may be restarted while we wait: then the question is asked again. */
async function exitCodeOf(engine: ExecEngine, key: { id: string; execId: string }): Promise<number> {
  for (;;) {
    try {
      return (await engine.containerd.tasks.wait(key)).exitStatus;
    } catch (thrown) {
      if (isError(thrown, "not-found")) return 137;
      if (!isError(thrown, "unavailable")) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
