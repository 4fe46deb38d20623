import { containerPause, containerUnpause } from "@tdock/api/containers";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { eachTarget } from "./each-target.ts";

export const pause = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {},
  run(cli, { args }) {
    return eachTarget(cli, args, async (id) => {
      await call(cli.client, containerPause, { id });
      return id;
    });
  },
});

export const unpause = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {},
  run(cli, { args }) {
    return eachTarget(cli, args, async (id) => {
      await call(cli.client, containerUnpause, { id });
      return id;
    });
  },
});
