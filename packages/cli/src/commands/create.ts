import type { ContainerCreateBody } from "@tdock/api/containers";
import { atLeastOne, defineCommand } from "../command.ts";
import { containerBody } from "../flags/container-body.ts";
import { containerFlags } from "../flags/container-flags.ts";
import { proxyVariables } from "../proxy-variables.ts";
import { createContainer, createFlags } from "./create-container.ts";
import { runFailure } from "./run-failure.ts";

export const create = defineCommand({
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  operands: atLeastOne,
  stopAtOperand: true,
  flags: { ...containerFlags, ...createFlags },
  async run(cli, { flags, args: [image = "", ...command] }) {
    let body: ContainerCreateBody;
    try {
      body = containerBody(flags, { image, command, env: cli.env, proxies: proxyVariables(cli) });
    } catch (thrown) {
      return runFailure(cli, "create", thrown);
    }
    const id = await createContainer(cli, { ...flags, body });
    cli.out.print(`${id}\n`);
    return 0;
  },
});
