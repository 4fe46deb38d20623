import { imageSave } from "@tdock/api/images";
import { openStream } from "../client/stream.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { list, text } from "../flags/flag.ts";
import { platformsJson } from "../flags/platform.ts";
import { checkDestination, saveStream } from "../terminal/save-stream.ts";

export const save = defineCommand({
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  operands: atLeastOne,
  flags: {
    output: text("Write to a file, instead of STDOUT", { short: "o" }),
    platform: list("Save only the given platform(s)", { label: "strings" }),
  },
  async run(cli, { flags, args }) {
    await checkDestination(flags.output);
    const query = { names: args, platform: platformsJson(flags.platform) };
    await saveStream(await openStream(cli.client, imageSave, query), flags.output);
    return 0;
  },
});
