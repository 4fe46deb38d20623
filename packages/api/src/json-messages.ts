import { TdockError } from "@tdock/errors/error";
import { encodeJsonLine } from "./json-lines.ts";
import type { Output } from "./output.ts";

/** Writer of Docker's JSON message stream (pull, push, load, build). */
export interface JsonMessages {
  readonly signal: AbortSignal;
  send(message: object): Promise<void>;
}

/**
 * Runs `work` with a message writer. An error after the first message is sent in-band as
 * `{errorDetail, error}`, since the status 200 is out; before it, it is thrown and becomes a status.
 */
export async function sendJsonMessages(out: Output, work: (messages: JsonMessages) => Promise<void>): Promise<void> {
  let begun = false;
  const messages: JsonMessages = {
    signal: out.signal,
    send(message) {
      begun = true;
      return out.write(encodeJsonLine(message));
    },
  };
  try {
    await work(messages);
    out.begin();
  } catch (thrown) {
    if (!begun || out.signal.aborted) throw thrown;
    const error = TdockError.from(thrown);
    const detail = { message: error.message, ...exitCodeOf(error), reason: error.reason };
    await out.write(encodeJsonLine({ errorDetail: detail, error: error.message }));
  }
}

/** Docker's `code` is a number: what a failed build step exited with. Go clients reject anything else. */
function exitCodeOf({ reason }: TdockError): { code?: number } {
  const exitCode = /^exit-code-(\d+)$/.exec(reason ?? "")?.[1];
  return exitCode === undefined ? {} : { code: Number(exitCode) };
}
