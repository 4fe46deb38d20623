import { parseDetachKeys } from "@tdock/api/detach-keys";
import type { Connection } from "../client/connection.ts";
import { InputCopy } from "./input.ts";
import { type OutputOptions, outputWriter } from "./output.ts";

export interface SessionOptions extends OutputOptions {
  readonly tty: boolean;
  /** Whether our standard input goes to the process. */
  readonly stdin: boolean;
  /** The default keys when absent or empty. */
  readonly detachKeys: string | undefined;
}

/**
 * Connects our terminal with a process until its output ends or the detach keys are typed; the terminal is then as
 * it was before. Throws what the engine reports inside the stream.
 */
export async function runSession(socket: Connection, options: SessionOptions): Promise<"ended" | "detached"> {
  const output = socket.read(outputWriter(options)).then(() => "ended" as const);
  if (!options.stdin) {
    socket.end();
    return output;
  }
  using input = new InputCopy(socket, { tty: options.tty, detachKeys: parseDetachKeys(options.detachKeys) });
  const end = await Promise.race([output, input.detached.then(() => "detached" as const)]);
  if (end === "detached") socket.destroy();
  return end;
}
