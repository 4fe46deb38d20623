import { imageConvert } from "@tdock/api/images";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { openStream } from "../client/stream.ts";
import { defineCommand, exactly } from "../command.ts";
import { bool, int, text } from "../flags/flag.ts";
import { canonicalReference, requireReference, withDefaultTag } from "../flags/reference.ts";
import { type JsonMessage, showProgress } from "../terminal/json-progress.ts";
import { silentPrinter } from "../terminal/printer.ts";

/** `image convert`: the same image under another name, its layers compressed another way. */
export const imageConvertCommand = defineCommand({
  usage: "[OPTIONS] SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  operands: exactly(2),
  flags: {
    compression: text('How layers are to be compressed ("zstd", "gzip")', { shownDefault: '"zstd"' }),
    level: int("How hard to compress: 1 to 22 for zstd, 1 to 9 for gzip"),
    platform: text("Convert the image of this platform"),
    quiet: bool("Suppress verbose output", { short: "q" }),
  },
  async run(cli, { flags: { compression, level, platform, quiet }, args: [name = "", target = ""] }) {
    const to = canonicalReference(withDefaultTag(requireReference(target)));
    const stream = await openStream(cli.client, imageConvert, { name, to, compression, level, platform });
    await showProgress(quiet ? silentPrinter : cli.out, decodeJsonLines<JsonMessage>(stream));
    if (quiet) cli.out.print(`${to}\n`);
    return 0;
  },
});
