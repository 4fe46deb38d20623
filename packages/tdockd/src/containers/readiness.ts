import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { type Container, isAlive } from "./container.ts";
import type { ExitResult } from "./exit-waiters.ts";
import { healthCheckOf } from "./health-check.ts";

/**
 * What tdock can wait for beyond Docker's conditions: `running`, `healthy`, `ready` (healthy where there is a health
 * check, else running), or `port:N` (a TCP server answers at the container's address).
 */
export type Readiness = { readonly kind: "running" | "healthy" } | { readonly kind: "port"; readonly port: number };

type ReadinessEngine = Pick<Engine, "containers" | "live" | "networks">;

/** Reads a condition; undefined for one of another kind. Throws `invalid-argument` where it can never hold. */
export function parseReadiness(condition: string, { name, config, hostConfig }: Container): Readiness | undefined {
  const hasCheck = healthCheckOf(config) !== undefined;
  if (condition === "running" || (condition === "ready" && !hasCheck)) return { kind: "running" };
  if (condition === "ready") return { kind: "healthy" };
  if (condition === "healthy") {
    if (!hasCheck) throw new TdockError("invalid-argument", `container ${name} has no health check to wait for`);
    return { kind: "healthy" };
  }
  if (!condition.startsWith("port:")) return undefined;
  const port = Number(condition.slice("port:".length));
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new TdockError("invalid-argument", `condition ${condition}: wanted a port from 1 to 65535`);
  }
  if (hostConfig.NetworkMode === "none") {
    throw new TdockError("invalid-argument", `container ${name} has no network: nothing can answer at port ${port}`);
  }
  return { kind: "port", port };
}

/** Resolves when the container is ready, with an error in the result when it has ended before. */
export async function untilReady(
  engine: ReadinessEngine,
  { id, name }: Container,
  readiness: Readiness,
  signal: AbortSignal,
): Promise<ExitResult> {
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  const { exits } = engine.live;
  const over = Promise.race([exits.wait(id, "exit", stop), exits.wait(id, "removed", stop)]);
  const ready = becomeReady(engine, id, readiness, stop);
  for (const one of [over, ready]) one.catch(() => {});
  try {
    return await Promise.race([
      ready.then(() => ({ exitCode: 0 })),
      over.then(({ exitCode }) => ({
        exitCode,
        error: `container ${name} ended with exit code ${exitCode} before it was ${describe(readiness)}`,
      })),
    ]);
  } finally {
    ending.abort();
  }
}

function describe(readiness: Readiness): string {
  return readiness.kind === "port" ? `answering at port ${readiness.port}` : readiness.kind;
}

async function becomeReady(engine: ReadinessEngine, id: string, readiness: Readiness, stop: AbortSignal) {
  const { exits } = engine.live;
  // Asked for before looking, so that nothing falls between.
  const healthy = readiness.kind === "healthy" ? exits.wait(id, "healthy", stop) : undefined;
  healthy?.catch(() => {});
  if (!isAlive(engine.containers.get(id))) await exits.wait(id, "start", stop);
  if (readiness.kind === "port") return untilAnswered(engine, id, readiness.port, stop);
  const { status } = engine.containers.get(id);
  const isHealthy = "health" in status && status.health?.status === "healthy";
  if (!isHealthy) await healthy;
}

const retryMs = 100;
const attemptMs = 1000;

async function untilAnswered(engine: ReadinessEngine, id: string, port: number, stop: AbortSignal): Promise<void> {
  for (;;) {
    for (const address of addressesOf(engine, id)) if (await answers(address, port)) return;
    await delay(retryMs, undefined, { signal: stop });
  }
}

/** Looked up each time: a container may be connected to another network meanwhile. */
function addressesOf({ networks }: ReadinessEngine, id: string): string[] {
  const sandbox = networks.sandboxes.get(id);
  if (sandbox === undefined) return [];
  if (sandbox.namespace.kind === "host") return ["127.0.0.1"];
  if (sandbox.namespace.kind === "container")
    return addressesOf({ networks } as ReadinessEngine, sandbox.namespace.containerId);
  return sandbox.endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].flatMap((one) => one?.address ?? []));
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: attemptMs });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => settle(true));
    for (const event of ["error", "timeout"]) socket.once(event, () => settle(false));
  });
}
