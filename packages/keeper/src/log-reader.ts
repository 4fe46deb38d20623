import type { Socket } from "node:net";
import { LogCursor } from "./log-cursor.ts";
import type { LogFiles, Position } from "./log-files.ts";
import type { LogFormat } from "./log-format.ts";
import type { LogsRequest } from "./protocol.ts";
import { planReading, type ReadingPlan } from "./reading-plan.ts";

/** A log to read; `growing` is there while it is written. */
export interface LogSource {
  readonly files: LogFiles;
  readonly format: LogFormat;
  readonly growing: GrowingLog | undefined;
}

/** A log that is still written. */
export interface GrowingLog {
  readonly end: Position;
  readonly isClosed: boolean;
  /** Calls `wake` once, soon after the next addition or the close. */
  onChange(wake: () => void): void;
  offChange(wake: () => void): void;
}

/** How long an unfinished line waits for its end before a follower gets what there is. */
const heldLineMs = 100;

/**
 * Sends a log to a socket. It reads the files at its own pace and holds nothing but one buffer, so a slow socket costs
 * neither memory nor the container's time. `atEnd` is called instead of ending the socket when all is sent. Never
 * rejects: a log that cannot be read destroys the socket.
 */
export async function readLog(
  source: LogSource,
  request: LogsRequest,
  socket: Socket,
  atEnd: () => void = () => socket.end(),
): Promise<void> {
  try {
    const end = source.growing?.end ?? source.files.end();
    const plan = await planReading(source, request, end);
    new Reading(source, request, { socket, end, plan, atEnd }).advance();
  } catch {
    socket.destroy();
  }
}

interface Route {
  readonly socket: Socket;
  readonly end: Position;
  readonly plan: ReadingPlan;
  readonly atEnd: () => void;
}

class Reading {
  readonly #followed: GrowingLog | undefined;
  readonly #route: Route;
  readonly #cursor: LogCursor;
  readonly #pump = (): void => this.advance();
  #heldLineTimer: NodeJS.Timeout | undefined;

  constructor({ files, format, growing }: LogSource, request: LogsRequest, route: Route) {
    this.#followed = request.follow === true ? growing : undefined;
    this.#route = route;
    this.#cursor = new LogCursor(files, format, route.plan.start);
    route.socket.once("close", () => this.#release());
  }

  /** Reads one block and sends what came of it; goes on when the socket has room, or the log has more. */
  advance(): void {
    clearTimeout(this.#heldLineTimer);
    if (this.#route.socket.destroyed) return;
    try {
      this.#sendBlock();
    } catch {
      // A disk that cannot be read costs this reader its answer, and no container anything.
      this.#route.socket.destroy();
    }
  }

  #sendBlock(): void {
    const { plan } = this.#route;
    const isMore = this.#cursor.step(this.#followed?.end ?? this.#route.end, plan.first);
    const isFinished = plan.times?.isDone === true || (!isMore && this.#followed?.isClosed !== false);
    if (isFinished) plan.wholeLines?.flush();
    if (plan.sink.length > 0) this.#send(isFinished);
    else if (isFinished) this.#finish();
    else if (isMore) setImmediate(this.#pump);
    else this.#await();
  }

  /** One buffer is enough for a reading: it goes on when the kernel has taken all of it. */
  #send(isFinished: boolean): void {
    const { socket, plan } = this.#route;
    if (isFinished) {
      socket.write(plan.sink.take());
      this.#finish();
    } else {
      socket.write(plan.sink.take(), this.#pump);
    }
  }

  #await(): void {
    const { wholeLines } = this.#route.plan;
    this.#followed?.onChange(this.#pump);
    if (wholeLines?.isHolding !== true) return;
    this.#heldLineTimer = setTimeout(() => {
      this.#followed?.offChange(this.#pump);
      wholeLines.flush();
      this.advance();
    }, heldLineMs);
  }

  #finish(): void {
    this.#release();
    this.#route.atEnd();
  }

  #release(): void {
    clearTimeout(this.#heldLineTimer);
    this.#followed?.offChange(this.#pump);
    this.#cursor[Symbol.dispose]();
  }
}
