import { TdockError } from "@tdock/errors/error";
import { decodeMessageAny } from "./any.ts";
import { type Metrics as Cgroup1, MetricsSchema as Cgroup1Schema } from "./gen/cgroup1-metrics_pb.ts";
import { type Metrics as Cgroup2, MetricsSchema as Cgroup2Schema } from "./gen/cgroup2-metrics_pb.ts";
import type { Metric } from "./gen/types_pb.ts";
import { type Plain, plain } from "./plain.ts";
import { dateOf } from "./timestamp.ts";

/**
 * The counters of a container's cgroup at one moment. Times are nanoseconds in `cgroup1`, microseconds in `cgroup2`
 * (fields end in `Usec`); memory and I/O are bytes. A group of counters is absent when its controller is.
 */
export type TaskMetrics =
  | { readonly kind: "cgroup1"; readonly at: Date | undefined; readonly counters: Plain<Cgroup1> }
  | { readonly kind: "cgroup2"; readonly at: Date | undefined; readonly counters: Plain<Cgroup2> };

/** The metrics of the task `id` from a wire message. `not-found` without one, `internal` for an unknown kind. */
export function taskMetricsOf(id: string, metric: Metric | undefined): TaskMetrics {
  if (metric === undefined) throw new TdockError("not-found", `no metrics for task ${id}`);
  const at = dateOf(metric.timestamp);
  const cgroup1 = decodeMessageAny(Cgroup1Schema, metric.data);
  if (cgroup1 !== undefined) return { kind: "cgroup1", at, counters: plain(cgroup1) };
  const cgroup2 = decodeMessageAny(Cgroup2Schema, metric.data);
  if (cgroup2 !== undefined) return { kind: "cgroup2", at, counters: plain(cgroup2) };
  throw new TdockError("internal", `unknown kind of metrics: ${metric.data?.typeUrl}`);
}
