import { containerWait } from "@tdock/api/containers";
import { readText } from "../client/read-text.ts";
import { openStream } from "../client/stream.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { eachTarget } from "./each-target.ts";

export const wait = defineCommand({
  usage: "CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {},
  run(cli, { args }) {
    return eachTarget(cli, args, async (id) => {
      const text = await readText(await openStream(cli.client, containerWait, { id }));
      return String((JSON.parse(text) as { StatusCode: number }).StatusCode);
    });
  },
});
