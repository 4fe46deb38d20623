import { setTimeout as delay } from "node:timers/promises";
import { type DetachedProgram, startOrAdopt } from "./detached-process.ts";

/** What is told of a program that comes and goes. */
export interface ProgramLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Revival {
  readonly log: ProgramLog;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** Called when the program answers; when it throws, that counts as a failure too. */
  readonly check?: () => Promise<unknown>;
}

const firstRetryMs = 200;
const lastRetryMs = 10_000;

/** Starts a program that was lost until it serves again, however often that fails. Never rejects. */
export async function revive(program: DetachedProgram, { log, signal, check }: Revival): Promise<void> {
  const { name, socketPath: socket } = program;
  log.warn({ socket }, `${name} was lost`);
  for (let waitMs = firstRetryMs; !signal.aborted; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
    try {
      log.info({ socket }, `${name} ${await startOrAdopt(program)} again`);
      await check?.();
      return;
    } catch (err) {
      if (signal.aborted) return;
      log.error({ err }, `${name} cannot be started`);
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
