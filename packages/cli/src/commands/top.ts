import { containerTop } from "@tdock/api/containers";
import { call } from "../client/call.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { alignTabs } from "../terminal/tab-writer.ts";

export const top = defineCommand({
  usage: "CONTAINER [ps OPTIONS]",
  operands: atLeastOne,
  stopAtOperand: true,
  flags: {},
  async run(cli, { args: [id = "", ...options] }) {
    const ps_args = options.length === 0 ? undefined : options.join(" ");
    const { Titles, Processes } = await call(cli.client, containerTop, { id, ps_args });
    const lines = [Titles ?? [], ...(Processes ?? [])].map((cells) => `${cells.join("\t")}\n`);
    cli.out.print(alignTabs(lines.join(""), { minimumWidth: 20, padding: 3 }));
    return 0;
  },
});
