import { containerPause, containerUnpause } from "@tdock/api/containers";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { eachTarget } from "./each-target.ts";

function pauseCommand(endpoint: typeof containerPause | typeof containerUnpause) {
  return defineCommand({
    usage: "CONTAINER [CONTAINER...]",
    operands: atLeastOne,
    flags: {},
    run(cli, { args }) {
      return eachTarget(cli, args, async (id) => {
        await call(cli.client, endpoint, { id });
        return id;
      });
    },
  });
}

export const pause = pauseCommand(containerPause);
export const unpause = pauseCommand(containerUnpause);
