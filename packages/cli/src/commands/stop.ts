import { containerRestart, containerStop } from "@tdock/api/containers";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { int, text } from "../flags/flag.ts";
import { eachTarget } from "./each-target.ts";

/** `stop` and `restart`: both end what runs in the same way. */
function stopCommand(endpoint: typeof containerStop | typeof containerRestart) {
  return defineCommand({
    usage: "[OPTIONS] CONTAINER [CONTAINER...]",
    operands: atLeastOne,
    flags: {
      signal: text("Signal to send to the container", { short: "s" }),
      timeout: int("Seconds to wait before killing the container", { short: "t" }),
      time: int("Seconds to wait before killing the container (deprecated: use --timeout)", { hidden: true }),
    },
    run(cli, { flags, args }) {
      return eachTarget(cli, args, async (id) => {
        await call(cli.client, endpoint, { id, signal: flags.signal, t: flags.timeout ?? flags.time });
        return id;
      });
    },
  });
}

export const stop = stopCommand(containerStop);
export const restart = stopCommand(containerRestart);
