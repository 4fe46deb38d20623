import { imagePush } from "@tdock/api/images";
import { decodeJsonLines } from "@tdock/api/json-lines";
import { TdockError } from "@tdock/errors/error";
import { openStream } from "../client/stream.ts";
import { defineCommand, exactly } from "../command.ts";
import { encodeRegistryAuth, registryAuthFor, registryKey } from "../credentials.ts";
import { bool, text } from "../flags/flag.ts";
import { platformJson } from "../flags/platform.ts";
import { canonicalReference, familiarName, requireReference, withDefaultTag } from "../flags/reference.ts";
import { type JsonMessage, showProgress } from "../terminal/json-progress.ts";
import { silentPrinter } from "../terminal/printer.ts";

export const push = defineCommand({
  usage: "[OPTIONS] NAME[:TAG]",
  operands: exactly(1),
  flags: {
    "all-tags": bool("Push all tags of an image to the repository", { short: "a" }),
    "disable-content-trust": bool("Skip image signing (deprecated)", { initial: true, hidden: true }),
    platform: text("Push a platform-specific manifest as a single-platform image to the registry"),
    quiet: bool("Suppress verbose output", { short: "q" }),
  },
  async run(cli, { flags, args: [image = ""] }) {
    const given = requireReference(image);
    const isNameOnly = given.tag === undefined && given.digest === undefined;
    if (flags["all-tags"] && !isNameOnly) {
      throw new TdockError("invalid-argument", "tag can't be used with --all-tags/-a");
    }
    if (isNameOnly && !flags["all-tags"] && !flags.quiet) cli.out.print("Using default tag: latest\n");
    const reference = flags["all-tags"] ? given : withDefaultTag(given);
    // Docker's engines insist on the header.
    const anonymous = encodeRegistryAuth({ serveraddress: registryKey(reference.domain) });
    const stream = await openStream(cli.client, imagePush, {
      name: familiarName(reference),
      tag: reference.tag ?? reference.digest,
      platform: flags.platform && platformJson(flags.platform),
      registryAuth: (await registryAuthFor(cli, image)) ?? anonymous,
    });
    await showProgress(flags.quiet ? silentPrinter : cli.out, decodeJsonLines<JsonMessage>(stream));
    if (flags.quiet) cli.out.print(`${canonicalReference(reference)}\n`);
    return 0;
  },
});
