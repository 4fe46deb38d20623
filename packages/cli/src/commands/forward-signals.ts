import { containerKill } from "@tdock/api/containers";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { SignalProxy } from "../terminal/signals.ts";

/**
 * Sends the signals that we get to a container. One that has ended, or not yet begun, is none of our business. Who asks
 * to end for the third time gets out, as with Docker: a first process that has not asked for a signal never gets it.
 */
export function forwardSignals(cli: Cli, id: string): SignalProxy {
  let terminations = 0;
  return new SignalProxy((signal) => {
    call(cli.client, containerKill, { id, signal }).catch(() => {});
    if (signal === "SIGINT" || signal === "SIGTERM") terminations += 1;
    if (terminations < 3) return;
    cli.err.print("\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n");
    process.exit(1);
  });
}
