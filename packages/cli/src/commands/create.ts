import { atLeastOne, defineCommand } from "../command.ts";
import { containerBody } from "../flags/container-body.ts";
import { containerFlags } from "../flags/container-flags.ts";
import { createContainer, createFlags } from "./create-container.ts";
import { runFailure } from "./run-failure.ts";

export const create = defineCommand({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  operands: atLeastOne,
  stopAtOperand: true,
  flags: { ...containerFlags, ...createFlags },
  async run(cli, { flags, args: [image = "", ...command] }) {
    try {
      const body = containerBody(flags, { image, command, env: cli.env });
      const id = await createContainer(cli, { ...flags, body });
      cli.out.print(`${id}\n`);
      return 0;
    } catch (thrown) {
      return runFailure(cli, "create", thrown);
    }
  },
});
