import { type ContainerWaitResponse, containerWait } from "@tdock/api/containers";
import { encodeRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { textOf } from "../client/reply-body.ts";
import { send } from "../client/send.ts";

/** A wait that the engine has begun. */
export interface PendingExit {
  /** The container's exit code; 125 when the engine could not tell. */
  readonly code: Promise<number>;
}

/** Begins to wait. Resolves when the engine has said that it waits: what happens afterwards is not missed. */
export async function waitForExit(
  cli: Cli,
  id: string,
  condition: "next-exit" | "removed" | "not-running",
): Promise<PendingExit> {
  const reply = await send(cli.client, encodeRequest(containerWait, { id, condition }));
  const code = textOf(reply).then((text) => exitCodeOf(cli, text));
  // Nobody may be listening yet when the engine goes away.
  code.catch(() => {});
  return { code };
}

function exitCodeOf(cli: Cli, text: string): number {
  if (text.trim() === "") throw new TdockError("unavailable", "the daemon ended the wait without an exit code");
  const { StatusCode = 125, Error: failure } = JSON.parse(text) as ContainerWaitResponse;
  if (!failure?.Message) return StatusCode;
  cli.err.print(`Error waiting for container: ${failure.Message}\n`);
  return 125;
}
