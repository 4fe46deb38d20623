import type { containerLogs } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Output } from "@tdock/api/output";
import { parseTimestamp, type Timestamp } from "@tdock/api/timestamp";
import { compareVersions } from "@tdock/api/version";
import { TdockError } from "@tdock/errors/error";
import type { Instant } from "@tdock/keeper/protocol";
import type { Engine } from "../engine.ts";
import { isTty } from "./container.ts";
import { logTarget } from "./stdio.ts";

/**
 * A container's log, each line in a frame of its own unless it has a terminal: Docker's clients take a frame for a line.
 * Throws `invalid-argument` when neither stream is asked for, `not-implemented` for the log driver `none`.
 */
export async function streamLogs(
  engine: Pick<Engine, "containers" | "keeper">,
  input: Input<typeof containerLogs>,
  out: Output,
): Promise<void> {
  if (input.stdout !== true && input.stderr !== true) {
    throw new TdockError("invalid-argument", "Bad parameters: you must choose at least one stream");
  }
  const container = engine.containers.get(input.id);
  const raw = isTty(container);
  const since = parseTimestamp("since", input.since);
  const until = parseTimestamp("until", input.until);
  const tail = tailOf(input.tail);
  const source = await engine.keeper.logs({
    id: container.id,
    log: logTarget(engine.containers, container),
    stdout: input.stdout === true,
    stderr: input.stderr === true,
    raw,
    follow: input.follow === true,
    ...(since && { since: instantOf(since) }),
    ...(until && { until: instantOf(until) }),
    ...(tail !== undefined && { tail }),
    timestamps: input.timestamps === true,
    details: input.details === true,
    framedLines: input.wideFrames !== true,
  });
  const framed = !raw && compareVersions(out.apiVersion, "1.42") >= 0;
  out.begin({ contentType: `application/vnd.docker.${framed ? "multiplexed" : "raw"}-stream` });
  await out.pipe(source);
}

/** `all`, negative numbers and what is no number mean everything, as Docker's: clients send `undefined` too. */
function tailOf(tail = ""): number | undefined {
  return /^\d{1,15}$/.test(tail) ? Number(tail) : undefined;
}

function instantOf({ ns }: Timestamp): Instant {
  return { seconds: Number(ns / 1_000_000_000n), nanoseconds: Number(ns % 1_000_000_000n) };
}
