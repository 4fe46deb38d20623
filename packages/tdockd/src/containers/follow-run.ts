import type { Container } from "./container.ts";
import { type HealthEngine, monitorHealth } from "./health-monitor.ts";
import { limitRunTime } from "./run-time-limit.ts";

/** What goes with a run of a container from its start on, or from tdockd's where that comes later. */
export function followRun(engine: HealthEngine, container: Container): void {
  monitorHealth(engine, container);
  limitRunTime(engine, container);
}
