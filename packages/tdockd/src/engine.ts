import type { Logger } from "pino";
import type { Config } from "./config.ts";

/** The parts that operations pick from. An operation names those it uses: `Pick<Engine, "containers" | "events">`. */
export interface Engine {
  readonly config: Config;
  readonly log: Logger;
  /** The only clock: wall time, for display and records. Durations are measured with `performance.now()`. */
  now(): Date;
}
