import type { Containerd } from "@tdock/containerd/connect";
import { isError } from "@tdock/errors/error";

const SIGKILL = 9;

/**
 * Removes all that containerd has of a container: its process, killed when it still runs, its shim and its record.
 * What is gone already is no error, so that it may be called again after a crash.
 */
export async function discardTask(engine: { readonly containerd: Containerd }, id: string): Promise<void> {
  const { tasks, containers } = engine.containerd;
  try {
    await tasks.delete(id);
  } catch (thrown) {
    if (isError(thrown, "conflict")) await killAndDelete(tasks, id);
    else if (!isError(thrown, "not-found")) throw thrown;
  }
  await ignoreMissing(containers.delete(id));
}

async function killAndDelete(tasks: Containerd["tasks"], id: string): Promise<void> {
  const exit = tasks.wait({ id });
  // A rejection is met below; until then it must not count as unhandled.
  exit.catch(() => {});
  await ignoreMissing(tasks.kill({ id, signal: SIGKILL, all: true }));
  // A frozen process does not die of a signal before it is thawed.
  await tasks.resume(id).catch(() => {});
  await ignoreMissing(exit);
  await ignoreMissing(tasks.delete(id));
}

async function ignoreMissing(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    if (!isError(thrown, "not-found")) throw thrown;
  }
}
