import type { ControlService, FrontendOrder, SolveOrder, UsageRecord } from "@tdock/buildkit/control";
import { TdockError } from "@tdock/errors/error";
import { hostPlatform } from "../../registry/platform.ts";
import { tdockVersion } from "../../system/version.ts";
import type { BuildEngine } from "../build-engine.ts";
import { readBuildRequest } from "../build-request.ts";
import { buildCacheUsage } from "../cache-usage.ts";
import { statusUpdates } from "../progress/buildkit-lines.ts";
import { pruneBuilds } from "../prune.ts";
import { runBuild } from "../run-build.ts";
import { solveInput } from "./solve-input.ts";
import { SolveJob } from "./solve-job.ts";

/** A build's status may be asked for so long after its end. */
const keptMs = 30_000;

/** BuildKit's Control service over the builder: it builds Dockerfiles, and no other graphs of operations. */
export function controlService(engine: BuildEngine): ControlService {
  const { jobs } = engine.builds;
  return {
    version: tdockVersion,
    worker: { id: "tdock", platform: hostPlatform() },
    async usage(filters) {
      refuseFilters(filters);
      return usage(engine);
    },
    async prune({ all, filters, keepMs, maxUsedBytes }) {
      refuseFilters(filters);
      const before = await usage(engine);
      const age = keepMs > 0 ? { filters: { until: [`${Math.ceil(keepMs / 1000)}s`] } } : {};
      const { CachesDeleted = [] } = await pruneBuilds(engine, { all, "max-used-space": maxUsedBytes, ...age });
      const removed = new Set(CachesDeleted);
      return before.filter(({ id }) => removed.has(id));
    },
    async solve(order, signal) {
      jobs.refuseUsed(order.ref);
      const job = new SolveJob();
      jobs.add(order.ref, job);
      try {
        return await solve(engine, order, job, signal);
      } finally {
        job.end();
        setTimeout(() => jobs.remove(order.ref), keptMs).unref();
      }
    },
    async *status(ref, signal) {
      yield* (await jobs.get(ref, `no build ${ref}`, signal)).read(signal);
    },
    session: (head, connection) => engine.builds.clientSessions.open(head, () => connection).closed,
    callFrontend(order) {
      const job = jobs.find(order.ref);
      if (job === undefined) throw new TdockError("not-found", `no build ${order.ref}`);
      refuseGraph(order);
      if (order.isFinal) job.order.resolve(order);
    },
  };
}

async function solve(
  engine: BuildEngine,
  order: SolveOrder,
  job: SolveJob,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const isCalledLater = order.frontend === "" && !order.hasDefinition;
  const frontendOrder = isCalledLater ? await orderOf(job, signal) : order;
  refuseGraph(frontendOrder);
  const request = readBuildRequest(solveInput(order, frontendOrder));
  const updates = statusUpdates(engine.now);
  const response: Record<string, string> = {};
  await runBuild(engine, request, {
    body: noBody(),
    signal,
    checkOnly: false,
    async sink(event) {
      if (event.kind === "result") {
        response["containerimage.digest"] = event.id;
        response["containerimage.config.digest"] = event.id;
        if (event.names.length > 0) response["image.name"] = event.names.join(",");
      }
      const update = updates(event);
      if (update !== undefined) await job.tell(update);
    },
  });
  return response;
}

function orderOf(job: SolveJob, signal: AbortSignal): Promise<FrontendOrder> {
  const { promise, reject } = job.order;
  signal.addEventListener("abort", () => reject(TdockError.from(signal.reason)), { once: true });
  return promise;
}

function refuseGraph({ frontend, hasDefinition }: Pick<FrontendOrder, "frontend" | "hasDefinition">): void {
  if (hasDefinition) throw new TdockError("not-implemented", "Dockerfiles are built here, not graphs of operations");
  if (frontend === "dockerfile.v0") return;
  throw new TdockError("not-implemented", `the frontend is dockerfile.v0, not ${JSON.stringify(frontend)}`);
}

function refuseFilters([first]: readonly string[]): void {
  if (first !== undefined) throw new TdockError("not-implemented", `filter ${first} is not offered`);
}

async function usage(engine: BuildEngine): Promise<UsageRecord[]> {
  return (await buildCacheUsage(engine)).map((one) => ({
    id: one.ID ?? "",
    inUse: one.InUse === true,
    sizeBytes: one.Size ?? 0,
    createdAt: new Date(one.CreatedAt ?? 0),
    lastUsedAt: new Date(one.LastUsedAt ?? 0),
    usageCount: one.UsageCount ?? 0,
    description: one.Description ?? "",
    type: one.Type ?? "regular",
  }));
}

async function* noBody(): AsyncGenerator<Uint8Array> {}
