import { containerWait } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import { readText } from "../client/read-text.ts";
import { openStream } from "../client/stream.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { text } from "../flags/flag.ts";
import { eachTarget } from "./each-target.ts";

export const wait = defineCommand({
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  operands: atLeastOne,
  flags: {
    condition: text('Wait for this: "not-running", "next-exit" or "removed"', { shownDefault: '"not-running"' }),
  },
  run(cli, { flags, args }) {
    return eachTarget(cli, args, async (id) => {
      const reply = await readText(await openStream(cli.client, containerWait, { id, condition: flags.condition }));
      if (reply.trim() === "") throw new TdockError("unavailable", "the daemon ended the wait without an answer");
      const { StatusCode, Error: failure } = JSON.parse(reply) as { StatusCode: number; Error?: { Message?: string } };
      if (failure?.Message) throw new TdockError("internal", failure.Message);
      return String(StatusCode);
    });
  },
});
