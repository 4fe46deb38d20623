import type { containerWait } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type Container, isAlive } from "./container.ts";
import type { ExitResult } from "./exit-waiters.ts";
import { parseReadiness, untilReady } from "./readiness.ts";

const conditions = ["", "not-running", "next-exit", "removed"];

/**
 * Waits until a condition holds: one of Docker's, or one of tdock's own (see {@link Readiness}), whose answer carries
 * an error when the container ends before. Answers its head at once, so that a client knows that it is waiting, and the exit code when the condition holds.
 * Throws `invalid-argument` for another condition.
 */
export async function waitContainer(
  engine: Pick<Engine, "containers" | "live" | "networks">,
  input: Input<typeof containerWait>,
  out: Output,
): Promise<void> {
  const condition = input.condition ?? "";
  const container = engine.containers.get(input.id);
  const readiness = parseReadiness(condition, container);
  if (readiness === undefined && !conditions.includes(condition)) {
    throw new TdockError("invalid-argument", `invalid condition: "${condition}"`);
  }
  // Asked for before the head is sent: what happens right after it must not be missed.
  const result = readiness
    ? untilReady(engine, container, readiness, out.signal)
    : resultOf(engine, container, condition, out.signal);
  result.catch(() => {});
  out.begin();
  const { exitCode, error } = await result;
  // Who waits while it starts a container hears from the start what is wrong; Docker's client would say it twice.
  const isTold = condition === "next-exit" || condition === "removed";
  const failure = isTold || !error ? {} : { Error: { Message: error } };
  await out.write(`${JSON.stringify({ StatusCode: exitCode, ...failure })}\n`);
}

async function resultOf(
  engine: Pick<Engine, "live">,
  container: Container,
  condition: string,
  signal: AbortSignal,
): Promise<ExitResult> {
  if (condition === "removed") return engine.live.exits.wait(container.id, "removed", signal);
  const { status } = container;
  const isOver = !isAlive(container) && status.kind !== "restarting";
  if (condition === "next-exit" || !isOver) return engine.live.exits.wait(container.id, "exit", signal);
  if (status.kind === "created") return { exitCode: status.failure?.exitCode ?? 0, error: status.failure?.error ?? "" };
  return "exitCode" in status ? { exitCode: status.exitCode, error: status.error } : { exitCode: 0 };
}
