import { TdockError } from "@tdock/errors/error";
import { defineCommand, exactly } from "../command.ts";
import { bool, optionalBool, text } from "../flags/flag.ts";
import { canonicalReference, requireReference, withDefaultTag } from "../flags/reference.ts";
import { pullImage } from "./pull-image.ts";

export const pull = defineCommand({
  usage: "[OPTIONS] NAME[:TAG|@DIGEST]",
  operands: exactly(1),
  flags: {
    "all-tags": bool("Download all tagged images in the repository", { short: "a" }),
    "disable-content-trust": bool("Skip image verification (deprecated)", { initial: true, hidden: true }),
    "discard-unpacked": optionalBool("Keep layers only unpacked: their blobs are fetched again when they are needed"),
    locked: bool("Fail when the tag is not what tdock.lock records"),
    platform: text("Set platform if server is multi-platform capable"),
    quiet: bool("Suppress verbose output", { short: "q" }),
    verify: bool("Read what is here already through, and bring what is damaged anew"),
  },
  async run(cli, { flags, args: [image = ""] }) {
    const reference = requireReference(image);
    const isNameOnly = reference.tag === undefined && reference.digest === undefined;
    if (flags["all-tags"] && !isNameOnly) {
      throw new TdockError("invalid-argument", "tag can't be used with --all-tags/-a");
    }
    if (flags["all-tags"] && flags.locked) {
      throw new TdockError("invalid-argument", "--locked is for one tag: it can't be used with --all-tags/-a");
    }
    const locked = flags.locked ? await (await import("../lock-file.ts")).lockedDigest(".", image) : undefined;
    if (isNameOnly && !flags["all-tags"] && !flags.quiet) cli.out.print("Using default tag: latest\n");
    const platform = flags.platform ?? (cli.env.DOCKER_DEFAULT_PLATFORM || undefined);
    const { quiet, "all-tags": allTags, "discard-unpacked": discard } = flags;
    await pullImage(cli, { image, platform, quiet, locked, discard, verify: flags.verify, allTags, printer: cli.out });
    cli.out.print(`${canonicalReference(flags["all-tags"] ? reference : withDefaultTag(reference))}\n`);
    return 0;
  },
});
