import { containerKill } from "@tdock/api/containers";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { text } from "../flags/flag.ts";
import { eachTarget } from "./each-target.ts";

export const kill = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: { signal: text("Signal to send to the container", { short: "s" }) },
  run(cli, { flags, args }) {
    return eachTarget(cli, args, async (id) => {
      await call(cli.client, containerKill, { id, signal: flags.signal });
      return id;
    });
  },
});
