import { randomBytes } from "node:crypto";
import { parseDetachKeys } from "@tdock/api/detach-keys";
import type { Input } from "@tdock/api/endpoint";
import type { execCreate } from "@tdock/api/exec";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { hurryCgroupMoves } from "../runtime/cgroup-moves.ts";
import { mergeEnvironment } from "../runtime/spec/environment.ts";
import { type Container, isRunning, notRunning } from "./container.ts";
import { containerEvent } from "./event.ts";

/** Notes a process to be run in a container. Throws `conflict` when that is paused or does not run. */
export async function createExec(
  engine: Pick<Engine, "containers" | "events" | "execs">,
  input: Input<typeof execCreate>,
): Promise<{ Id: string }> {
  const container = engine.containers.get(input.id);
  checkCanExec(container);
  const { body } = input;
  if (!body.Cmd?.length) throw new TdockError("invalid-argument", "No exec command specified");
  mergeEnvironment([], body.Env ?? []); // it throws for what no process can have
  // Its start is what comes next.
  using _moves = hurryCgroupMoves();
  parseDetachKeys(body.DetachKeys ?? undefined);
  const id = randomBytes(32).toString("hex");
  await engine.execs.add({ id, containerId: container.id, config: body, status: { kind: "created" } });
  containerEvent(engine, container, `exec_create: ${body.Cmd.join(" ")}`, { execID: id });
  return { Id: id };
}

/** Throws `conflict`, in Docker's words. */
export function checkCanExec(container: Container): void {
  const { status, id } = container;
  if (status.kind === "paused") {
    throw new TdockError("conflict", `Container ${id} is paused, unpause the container before exec`);
  }
  if (status.kind === "restarting") {
    throw new TdockError("conflict", `Container ${id} is restarting, wait until the container is running`);
  }
  if (!isRunning(container)) throw notRunning(container);
}
