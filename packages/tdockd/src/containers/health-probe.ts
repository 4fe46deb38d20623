import { randomBytes } from "node:crypto";
import { startTimer } from "../host/timer.ts";
import type { Container } from "./container.ts";
import type { Exec } from "./exec.ts";
import { sendExecSignal } from "./exec-kill.ts";
import { type ExecEngine, openExecAttached, startExecProcess } from "./exec-run.ts";
import type { HealthResult } from "./health.ts";
import type { HealthCheck } from "./health-check.ts";

/** As much of a probe's output is kept; the rest is read and dropped. */
const keptBytes = 4096;
const SIGKILL = 9;
/** What Docker notes for a probe that did not end in time. */
const timedOut = -1;

/** Runs a container's health check once. Never throws: a probe that cannot be run has failed. */
export async function runProbe(engine: ExecEngine, container: Container, check: HealthCheck): Promise<HealthResult> {
  const start = engine.now().toISOString();
  const { exitCode, output } = await probe(engine, container, check).catch((thrown: Error) => ({
    exitCode: timedOut,
    output: thrown.message,
  }));
  return { start, end: engine.now().toISOString(), exitCode, output };
}

async function probe(engine: ExecEngine, container: Container, check: HealthCheck) {
  const exec: Exec = {
    id: randomBytes(32).toString("hex"),
    containerId: container.id,
    config: { Cmd: [...check.command], AttachStdout: true, AttachStderr: true },
    status: { kind: "created" },
  };
  await engine.execs.add(exec);
  try {
    return await runExec(engine, container, exec, check.timeoutMs);
  } finally {
    await engine.execs.remove(exec.id);
  }
}

async function runExec(engine: ExecEngine, container: Container, exec: Exec, timeoutMs: number) {
  const output = await openExecAttached(engine, exec, { stdout: true, stderr: true, raw: true });
  try {
    await startExecProcess(engine, container, exec);
    let isLate = false;
    // Counts from here on: before there was nothing to kill.
    using _limit = startTimer(timeoutMs, () => {
      isLate = true;
      sendExecSignal(engine, exec, SIGKILL).catch(() => {});
    });
    const text = await readSome(output);
    // The streams may end before the process's end is known.
    await engine.execs.reaches(exec.id, ({ kind }) => kind === "exited", new AbortController().signal);
    const status = engine.execs.find(exec.id)?.status;
    if (isLate) return { exitCode: timedOut, output: `Health check exceeded timeout (${timeoutMs}ms)` };
    return { exitCode: status?.kind === "exited" ? status.exitCode : timedOut, output: text };
  } finally {
    output.destroy();
  }
}

async function readSome(output: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of output) {
    if (size < keptBytes) chunks.push(chunk.subarray(0, keptBytes - size));
    size += chunk.length;
  }
  return Buffer.concat(chunks).toString("utf8");
}
