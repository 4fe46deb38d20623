import { imageCopy } from "@tdock/api/images";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { openStream } from "../client/stream.ts";
import { defineCommand, exactly } from "../command.ts";
import { registryAuthFor } from "../credentials.ts";
import { bool } from "../flags/flag.ts";
import { canonicalReference, requireReference, withDefaultTag } from "../flags/reference.ts";
import { type JsonMessage, showProgress } from "../terminal/json-progress.ts";
import { silentPrinter } from "../terminal/printer.ts";

/** `image copy`: from registry to registry, with the credentials that are kept for each. */
export const imageCopyCommand = defineCommand({
  usage: "[OPTIONS] SOURCE[:TAG|@DIGEST] DESTINATION[:TAG]",
  operands: exactly(2),
  flags: { quiet: bool("Suppress verbose output", { short: "q" }) },
  async run(cli, { flags, args: [from = "", to = ""] }) {
    requireReference(from);
    const made = canonicalReference(withDefaultTag(requireReference(to)));
    const stream = await openStream(cli.client, imageCopy, {
      from,
      to,
      sourceAuth: await registryAuthFor(cli, from),
      registryAuth: await registryAuthFor(cli, to),
    });
    await showProgress(flags.quiet ? silentPrinter : cli.out, decodeJsonLines<JsonMessage>(stream));
    if (flags.quiet) cli.out.print(`${made}\n`);
    return 0;
  },
});
