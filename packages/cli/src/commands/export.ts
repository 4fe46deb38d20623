import { containerExport } from "@tdock/api/containers";
import { openStream } from "../client/stream.ts";
import { defineCommand, exactly } from "../command.ts";
import { text } from "../flags/flag.ts";
import { checkDestination, saveStream } from "../terminal/save-stream.ts";

export const exportContainer = defineCommand({
  usage: "[OPTIONS] CONTAINER",
  operands: exactly(1),
  flags: { output: text("Write to a file, instead of STDOUT", { short: "o" }) },
  async run(cli, { flags, args: [id = ""] }) {
    await checkDestination(flags.output);
    await saveStream(await openStream(cli.client, containerExport, { id }), flags.output);
    return 0;
  },
});
