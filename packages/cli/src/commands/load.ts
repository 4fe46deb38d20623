import { imageLoad } from "@tdock/api/images";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { openStream } from "../client/stream.ts";
import { defineCommand, none } from "../command.ts";
import { bool, list, text } from "../flags/flag.ts";
import { platformsJson } from "../flags/platform.ts";
import { type JsonMessage, showProgress } from "../terminal/json-progress.ts";
import { openInput } from "../terminal/open-input.ts";

export const load = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    input: text("Read from tar archive file, instead of STDIN", { short: "i" }),
    platform: list("Load only the given platform(s)", { label: "strings" }),
    quiet: bool("Suppress the load output", { short: "q" }),
  },
  async run(cli, { flags }) {
    const body = await openInput(flags.input ?? "-");
    const stream = await openStream(cli.client, imageLoad, {
      body,
      // Progress is of use on a terminal only.
      quiet: flags.quiet || !cli.out.isTerminal,
      platform: platformsJson(flags.platform),
    });
    await showProgress(cli.out, decodeJsonLines<JsonMessage>(stream));
    return 0;
  },
});
