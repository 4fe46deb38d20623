import { createHash } from "node:crypto";
import type { BuildEvent } from "@tdock/api/build-event";
import type { JsonMessages } from "@tdock/api/json-messages";
import { encodeStatus, type StatusUpdate, type TransferUpdate } from "@tdock/buildkit/status-update";
import type { EventSink } from "./event-sink.ts";

/**
 * What Docker's own clients of BuildKit read: a trace of what happens, the image's ID at the end. With `quiet` only the
 * ID, as a line.
 */
export function buildkitLines(messages: JsonMessages, options: { quiet: boolean; now: () => Date }): EventSink {
  const updates = statusUpdates(options.now);
  return async (event) => {
    if (event.kind === "result") {
      if (options.quiet) return messages.send({ stream: `${event.id}\n` });
      return messages.send({ id: "moby.image.id", aux: { ID: event.id } });
    }
    const update = options.quiet ? undefined : updates(event);
    if (update === undefined) return;
    await messages.send({ id: "moby.buildkit.trace", aux: Buffer.from(encodeStatus(update)).toString("base64") });
  };
}

/** A vertex that has begun. */
interface Begun {
  readonly digest: string;
  readonly name: string;
  readonly startedMs: number;
  /** Its transfers that were told of, by ID. */
  readonly transfers: Map<string, TransferUpdate>;
}

/** Turns events of one build into updates for BuildKit's clients; `undefined` for what those have no words for. */
export function statusUpdates(now: () => Date): (event: BuildEvent) => StatusUpdate | undefined {
  const begun = new Map<number, Begun>();
  let first: string | undefined;
  return (event) => {
    if (event.kind === "begin") {
      const vertex = begin(event);
      begun.set(event.vertex, vertex);
      first ??= vertex.digest;
      return { vertexes: [vertex] };
    }
    if (event.kind === "warning") {
      const text = `${event.rule}: ${event.message} (line ${event.line})`;
      return first === undefined ? undefined : { warnings: [{ vertex: first, text }] };
    }
    const vertex = "vertex" in event ? begun.get(event.vertex) : undefined;
    return vertex && updateOf(vertex, event, now().getTime());
  };
}

function begin({ vertex, title, at }: Extract<BuildEvent, { kind: "begin" }>): Begun {
  const digest = `sha256:${createHash("sha256").update(`vertex ${vertex}`).digest("hex")}`;
  return { digest, name: title, startedMs: at, transfers: new Map() };
}

function updateOf(vertex: Begun, event: BuildEvent, nowMs: number): StatusUpdate | undefined {
  switch (event.kind) {
    case "log":
      return { logs: [{ vertex: vertex.digest, atMs: event.at, bytes: Buffer.from(event.data, "base64") }] };
    case "miss":
      return { logs: [{ vertex: vertex.digest, atMs: nowMs, bytes: Buffer.from(`Not cached: ${event.reason}\n`) }] };
    case "status":
      return { transfers: [transfer(vertex, event, nowMs)] };
    case "end":
      return end(vertex, event);
    default:
      return undefined;
  }
}

/** What a pull tells of one layer begins with it, and is shown in one place. */
const layerId = /^[0-9a-f]{12}(?= )/;

function transfer(
  { digest, transfers }: Begun,
  { name, current, total }: Extract<BuildEvent, { kind: "status" }>,
  atMs: number,
): TransferUpdate {
  const id = layerId.exec(name)?.[0] ?? name;
  const startedMs = transfers.get(id)?.startedMs ?? atMs;
  const update = { vertex: digest, id, name, current, total, startedMs, atMs };
  transfers.set(id, update);
  return update;
}

/** BuildKit's displays know a canceled vertex by this error. */
const canceled = "context canceled";

function end(vertex: Begun, { outcome, at, error }: Extract<BuildEvent, { kind: "end" }>): StatusUpdate {
  const failed = outcome === "failed" ? (error ?? "failed") : outcome === "canceled" ? canceled : undefined;
  const transfers = [...vertex.transfers.values()].map((one) => ({ ...one, atMs: at, completedMs: at }));
  return {
    vertexes: [{ ...vertex, completedMs: at, cached: outcome === "cached", error: failed }],
    ...(transfers.length > 0 && failed === undefined && { transfers }),
  };
}
