import { imageSave } from "@tdock/api/images";
import { openStream } from "../client/stream.ts";
import { atLeastOne, defineCommand } from "../command.ts";
import { list, text } from "../flags/flag.ts";
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
    const platforms = flags.platform.flatMap((one) => one.split(","));
    const stream = await openStream(cli.client, imageSave, {
      names: args,
      platform: platforms.length === 0 ? undefined : platforms.map(platformJson),
    });
    await saveStream(stream, flags.output);
    return 0;
  },
});

/** `os/arch/variant` in the form of the engine's query. */
export function platformJson(text: string): string {
  const [os, architecture, variant] = text.split("/");
  return JSON.stringify({ os, architecture, variant });
}
