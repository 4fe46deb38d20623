import { TdockError } from "@tdock/errors/error";
import type { NamespaceSource } from "../runtime/spec/spec.ts";
import type { Container } from "./container.ts";
import { isAlive, pidOf } from "./container.ts";
import type { ContainerStore } from "./store.ts";

/** The container that a mode such as `container:web` names; undefined for other modes. */
export function joinedContainer(mode: string | null | undefined): string | undefined {
  return mode?.startsWith("container:") ? mode.slice("container:".length) : undefined;
}

/**
 * Where the namespace of one kind comes from. Throws `not-found` or `conflict` when the container to join is missing
 * or has no process.
 */
export function namespaceSource(
  containers: Pick<ContainerStore, "get">,
  mode: string | null | undefined,
  kind: "pid" | "ipc" | "uts" | "cgroup",
): NamespaceSource {
  if (mode === "host") return "host";
  const other = joinedContainer(mode);
  if (other === undefined) return "private";
  return { path: `/proc/${pidOf(aliveContainer(containers, other))}/ns/${kind}` };
}

/** Throws `not-found`, or `conflict` when it does not run, in Docker's words. */
export function aliveContainer(containers: Pick<ContainerStore, "get">, reference: string): Container {
  const container = containers.get(reference);
  if (isAlive(container)) return container;
  throw new TdockError(
    "conflict",
    `cannot join namespace of a non running container: container ${container.id} is not running`,
  );
}
