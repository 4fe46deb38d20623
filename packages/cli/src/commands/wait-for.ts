import { containerWait } from "@tdock/api/containers";
import { FrameDecoder } from "@tdock/api/frames";
import { encodeRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { openLog } from "../client/open-log.ts";
import { textOf } from "../client/reply-body.ts";
import { send } from "../client/send.ts";

/**
 * Waits until a condition holds, at most `timeoutMs`. Gives the exit code for the conditions that are about an end, 0
 * for the others. Throws `unavailable` when the time is over, `internal` when the container ends before it is what was wanted.
 */
export async function waitFor(
  cli: Cli,
  id: string,
  condition: string | undefined,
  timeoutMs: number | undefined,
): Promise<number> {
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  try {
    if (condition?.startsWith("log:")) return await waitForLog(cli, id, condition.slice("log:".length), signal);
    return await waitForState(cli, id, condition === "exited" ? "not-running" : condition, signal);
  } catch (thrown) {
    if (signal?.aborted !== true) throw thrown;
    throw new TdockError("unavailable", `${id}: waited ${timeoutMs} ms for "${condition ?? "not-running"}" in vain`);
  }
}

async function waitForState(
  cli: Cli,
  id: string,
  condition: string | undefined,
  signal: AbortSignal | undefined,
): Promise<number> {
  const reply = await textOf(await send(cli.client, encodeRequest(containerWait, { id, condition }), { signal }));
  if (reply.trim() === "") throw new TdockError("unavailable", "the daemon ended the wait without an answer");
  const { StatusCode, Error: failure } = JSON.parse(reply) as { StatusCode: number; Error?: { Message?: string } };
  if (failure?.Message) throw new TdockError("internal", failure.Message);
  return StatusCode;
}

/** Reads the log from its beginning on until a line matches. */
async function waitForLog(cli: Cli, id: string, pattern: string, signal: AbortSignal | undefined): Promise<number> {
  const wanted = parsePattern(pattern);
  const query = { id, stdout: true, stderr: true, follow: true };
  const { stream, framed } = await openLog(cli.client, query, { signal });
  const decoder = framed ? new FrameDecoder() : undefined;
  const texts = new Map<number, TextDecoder>();
  const lines = new Map<number, string>();
  for await (const chunk of stream) {
    for (const { stream: number, payload } of decoder?.decode(chunk) ?? [{ stream: 1, payload: chunk }]) {
      // A character may be cut in two; a terminal ends lines with a carriage return too.
      const decodeText = texts.get(number) ?? new TextDecoder();
      texts.set(number, decodeText);
      const text = (lines.get(number) ?? "") + decodeText.decode(payload, { stream: true });
      const complete = text.split(/\r?\n/);
      lines.set(number, complete.pop() ?? "");
      if (complete.some((line) => wanted.test(line))) return 0;
    }
  }
  if ([...lines.values()].some((line) => wanted.test(line))) return 0;
  throw new TdockError("internal", `container ${id} ended, and no line of its log matches ${wanted}`);
}

function parsePattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new TdockError("invalid-argument", `invalid regular expression: ${pattern}`, { cause });
  }
}
