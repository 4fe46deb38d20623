import { containerKill } from "@tdock/api/containers";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { SignalProxy } from "../terminal/signals.ts";

/** Sends the signals that we get to a container. One that has ended, or not yet begun, is none of our business. */
export function forwardSignals(cli: Cli, id: string): SignalProxy {
  return new SignalProxy((signal) => {
    call(cli.client, containerKill, { id, signal }).catch(() => {});
  });
}
