import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { isEnding } from "../host/is-ending.ts";
import { type Container, notRunning } from "./container.ts";
import { execFailureExitCode } from "./start-failure.ts";

export interface ExecFailure {
  readonly error: TdockError;
  readonly exitCode: number;
}

/** As after SIGKILL, which the end of a container's first process is to the others. */
const cutShort = 137;

/**
 * Why an exec could not be started. Wherever the container's end cut it short, and whatever the runtime says of that,
 * it is the same: the container does not run.
 */
export function execFailure(
  { containers }: Pick<Engine, "containers">,
  container: Container,
  thrown: unknown,
): ExecFailure {
  const current = containers.find(container.id);
  if (current === undefined || hasEnded(current, container)) {
    return { error: notRunning(container), exitCode: cutShort };
  }
  const error = TdockError.from(thrown);
  return { error, exitCode: execFailureExitCode(error.reason) };
}

/** Also when it has been started again since, and when its end is not recorded yet. */
function hasEnded({ status }: Container, before: Container): boolean {
  if (status.kind !== "running" && status.kind !== "paused") return true;
  return ("pid" in before.status && before.status.pid !== status.pid) || isEnding(status.pid);
}
